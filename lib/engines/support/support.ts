/** Whether an engine serves a model in some quantisation on some GPU, and how that is known. */
import type { GpuEngineKind } from "@/config/fit/memory_rules.ts";
import type { Quantization } from "@/config/fit/weights.ts";
import { valueOf } from "./argument_value.ts";
import { SUPPORT_MATRIX, type SupportRow, type Verdict } from "./support_matrix.ts";

export interface SupportQuestion {
  engine: GpuEngineKind;
  /** Null: a program from elsewhere. */
  version: string | null;
  /** The model's name. */
  checkpoint: string;
  quantization: Quantization;
  /** `model_type`. */
  family: string;
  sm: number;
  args: readonly string[];
}

export interface Support {
  verdict: Verdict;
  why: string;
  /** What the verdict rests on. */
  source: string;
}

/** By the first row that matches. Where none does it is experimental, since nothing is known. */
export function supportOf(question: SupportQuestion): Support {
  const row = SUPPORT_MATRIX.find((row) => matches(row, question));
  if (row === undefined) {
    const { engine, quantization, family, sm } = question;
    return {
      verdict: "experimental",
      why: `nothing that was read says whether ${engine} serves ${quantization} of ${family} on ` +
        `compute capability ${(sm / 10).toFixed(1)}; check what it answers`,
      source: "none",
    };
  }
  const { verdict, why, source, version } = row;
  if (question.version === version) return { verdict, why, source };
  const asked = question.version ?? "a program of unknown version";
  return { verdict, why: `${why} (known of ${version}; this is ${asked})`, source };
}

function matches(row: SupportRow, question: SupportQuestion): boolean {
  const { engine, quantization, family, sm, checkpoint, args } = question;
  return row.engine === engine &&
    row.quantizations.includes(quantization) &&
    (row.families?.includes(family) ?? true) &&
    sm >= (row.sm?.from ?? 0) && sm < (row.sm?.below ?? Infinity) &&
    (row.checkpoint?.test(checkpoint) ?? true) &&
    (row.flag === undefined || valueOf(args, [row.flag.name]) === row.flag.value);
}

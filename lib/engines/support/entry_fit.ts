/** Whether each entry of a study can serve its model on a GPU: does it fit, does the engine take it. */
import {
  type Alternative,
  alternatives,
  type Fit,
  fitOf,
  type FitQuestion,
} from "@/config/fit/fit.ts";
import { type Gpu, knownGpus } from "@/config/fit/gpus.ts";
import type { GpuEngineKind } from "@/config/fit/memory_rules.ts";
import { type Quantization, QUANTIZATIONS } from "@/config/fit/weights.ts";
import type { Config, EntryOf } from "@/config/schema.ts";
import { settingsOf } from "@/config/settings.ts";
import { usesGpu } from "../engine.ts";
import { engineOf } from "../kinds.ts";
import { translate } from "../parity/translate.ts";
import { pythonEngine } from "../python_engines.ts";
import { type ModelShape, modelShape } from "./model_shape.ts";
import { flagsBeyond, onlineQuantization, servingSettings } from "./serving_settings.ts";
import { type Support, supportOf } from "./support.ts";

/** Tokens of a prompt that is long for a chat: a request for comparisons, beside the whole context. */
export const YARDSTICK_PROMPT_TOKENS = 1024;

export interface EntryFit {
  entry: string;
  question: FitQuestion;
  /** How the quantisation is known. */
  quantization_by: string;
  /** The command line asks for this context; else the engine takes what fits. */
  asked_context: boolean;
  fit: Fit;
  support: Support;
  /** Of entries that do not fit, or are not supported. */
  instead: Alternative[];
}

/** An entry whose fit cannot be computed, and why. */
export interface UnknownFit {
  entry: string;
  unknown: string;
}

type GpuEntry = EntryOf<GpuEngineKind>;

/** All entries that compute on a GPU. Throws `ConfigError` for a config.json that cannot be read. */
export function entryFits(config: Config, gpu: Gpu | null): (EntryFit | UnknownFit)[] {
  const entries = Object.entries(config.engines).filter(([, entry]) => usesGpu(entry));
  if (entries.length === 0) return [];
  const model = modelShape(config.model);
  return entries.map(([entry, settings]) => {
    if (typeof model === "string") return { entry, unknown: model };
    if (gpu === null) {
      return {
        entry,
        unknown: "the GPU is not known: set hardware.gpu, e.g. NVIDIA H100 80GB HBM3",
      };
    }
    const { kind, extra_args } = settings as GpuEntry;
    const beyond = flagsBeyond(kind, extra_args);
    if (beyond.length > 0) {
      return { entry, unknown: `it is not computed with ${beyond.join(", ")}` };
    }
    return entryFit(entry, settings as GpuEntry, config, model, gpu);
  });
}

/** What the study's neutral settings become for the entry. */
function ofStudy(entry: GpuEntry, config: Config) {
  const settings = engineOf(entry.kind).settings!(entry);
  return { ...translate(settings, config, entry), ...settingsOf(config, entry) };
}

function entryFit(
  name: string,
  entry: GpuEntry,
  config: Config,
  model: ModelShape,
  gpu: Gpu,
): EntryFit {
  const { flags, kv_dtype } = ofStudy(entry, config);
  const args = [...flags, ...entry.extra_args];
  const told = servingSettings(entry.kind, args);
  const { context_tokens, fraction, gpus, vision } = told;
  // TensorRT-LLM has no flag for it.
  const kv_type = kv_dtype === "fp8" ? "fp8" : told.kv_type;
  const yardstick = YARDSTICK_PROMPT_TOKENS + config.benchmark.max_tokens;
  // vLLM refuses to start where the model's own context does not fit; the others take what does.
  const unasked = entry.kind === "vllm" ? model.shape.max_context_tokens : yardstick;
  // Weights that are published in 16 bits and made smaller while they are loaded.
  const online = onlineQuantization(args);
  const quantization = model.quantization === "bf16" && online ? online : model.quantization;
  const question: FitQuestion = {
    shape: model.shape,
    quantization,
    attentionKept: model.attentionKept,
    engine: entry.kind,
    gpu,
    gpus,
    kv_type,
    vision,
    context_tokens: context_tokens ?? unasked,
    ...(fraction === null ? {} : { fraction }),
  };
  const verdictOf = (quantization: Quantization, sm: number) =>
    supportOf({
      engine: entry.kind,
      version: entry.executable === undefined ? pythonEngine(entry).version : entry.version ?? null,
      checkpoint: config.model.name,
      quantization,
      family: model.shape.model_type,
      sm,
      args,
    });
  const fit = fitOf(question);
  const support = verdictOf(quantization, gpu.sm);
  const bigger = knownGpus().filter(({ memory_mib }) => memory_mib > gpu.memory_mib);
  // MXFP4 exists of the models that were made in it, and of no other.
  const others = QUANTIZATIONS.filter((each) => each !== "mxfp4" || model.quantization === each);
  const servable = (quantization: Quantization, { sm }: Gpu) => {
    const { verdict, source } = verdictOf(quantization, sm);
    return verdict !== "unsupported" && source !== "none";
  };
  return {
    entry: name,
    question,
    quantization_by: quantization === model.quantization ? model.by : "--quantization",
    asked_context: context_tokens !== null,
    fit,
    support,
    instead: fit.verdict !== "too big" && support.verdict !== "unsupported"
      ? []
      : alternatives(question, others, bigger, servable),
  };
}

/** How long a workload's prompts and answers are, from what its config says. Pure. */
import {
  fixedAt,
  type Length,
  type LengthDistribution,
  lengthEnds,
  lengthText,
  variedBelow,
} from "./length_distribution.ts";
import { WORKLOAD_PRESETS } from "./workload_presets.ts";
import { apiOf, type Workload } from "./workload_schema.ts";

/** What a workload takes from `benchmark` where it does not say it itself. */
export interface OutputDefaults {
  max_tokens: number;
  output_length: "fixed" | "varied";
}

/** Lengths of the answers that are asked for. */
export function outputLengths(workload: Workload, defaults: OutputDefaults): LengthDistribution {
  const preset = "preset" in workload && workload.preset
    ? WORKLOAD_PRESETS[workload.preset].output_tokens
    : undefined;
  const own = "output_tokens" in workload ? workload.output_tokens : undefined;
  const asked = own ?? preset;
  if (asked === undefined) {
    const { max_tokens, output_length } = defaults;
    return output_length === "varied" ? variedBelow(max_tokens) : fixedAt(max_tokens);
  }
  return typeof asked === "number" ? variedBelow(asked) : asked;
}

/** Lengths of the prompts that are asked for; null where something else decides. */
export function inputLengths(workload: Workload): LengthDistribution | null {
  switch (workload.kind) {
    case "synthetic":
      return fixedAt(workload.input_tokens ?? WORKLOAD_PRESETS[workload.preset!].input_tokens);
    case "shared_prefix":
      return fixedAt(workload.suffix_tokens);
    case "multi_turn":
      return fixedAt(workload.first_turn_tokens ?? workload.turn_tokens);
    default:
      return null;
  }
}

/**
 * Most tokens that a request takes, prompt and answer together, and fewest that its prompt does;
 * null where the lengths are not known before. Between turns a chat template may add some more.
 */
export function requestEnds(
  workload: Workload,
  defaults: OutputDefaults,
): { longest: number; shortest_input: number } | null {
  const input = inputLengths(workload);
  if (input === null) return null;
  const { min, max } = lengthEnds(input);
  const output = lengthEnds(outputLengths(workload, defaults)).max;
  if (workload.kind === "shared_prefix") {
    const { prefix_tokens } = workload;
    return { longest: prefix_tokens + max + output, shortest_input: prefix_tokens };
  }
  if (workload.kind === "multi_turn") {
    const turn = lengthEnds(fixedAt(workload.turn_tokens)).max;
    const later = (workload.turns - 1) * (turn + output);
    return { longest: max + output + later, shortest_input: min };
  }
  return { longest: max + output, shortest_input: min };
}

const text = (length: Length) => lengthText(fixedAt(length));

/** What is asked, in words; null for prompts of the prompts file. */
export function workloadText(workload: Workload, defaults: OutputDefaults): string | null {
  const input = inputLengths(workload);
  const where = apiOf(workload) === "completions" ? ", completions" : "";
  const output = `${lengthText(outputLengths(workload, defaults))} output tokens${where}`;
  switch (workload.kind) {
    case "synthetic":
      return `${lengthText(input!)} input and ${output}`;
    case "shared_prefix": {
      const { groups, prefix_tokens, suffix_tokens, share } = workload;
      const shared = `${prefix_tokens} shared by ${groups === 1 ? "all" : `${groups} groups`}`;
      const part = share === 1 ? "" : ` (${Math.round(100 * share)} % of the requests)`;
      return `${shared}${part} + ${text(suffix_tokens)} input and ${output}`;
    }
    case "multi_turn": {
      const { turns, turn_tokens } = workload;
      const later = `then ${text(turn_tokens)} a turn`;
      return `${turns} turns, ${lengthText(input!)} tokens, ${later}, and ${output} each`;
    }
    case "trace":
      return `lengths of the trace${where}`;
    default:
      return null;
  }
}

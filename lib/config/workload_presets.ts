/** Nominal lengths of the use cases, in one table. */

export interface PresetLengths {
  input_tokens: number;
  output_tokens: number;
  /** Why these. */
  reason: string;
}

/**
 * Nominal input and output lengths in tokens. They are chosen so that one side of the work leads in
 * each, not measured from anybody's users: a study of your own traffic should give its own lengths.
 */
export const WORKLOAD_PRESETS = {
  "chat": {
    input_tokens: 512,
    output_tokens: 256,
    reason: "some turns of history and a paragraph as the answer; prefill and decode both count",
  },
  "rag": {
    input_tokens: 3072,
    output_tokens: 256,
    reason: "several retrieved passages and a short answer; prefill leads",
  },
  "long-generation": {
    input_tokens: 256,
    output_tokens: 2048,
    reason: "a short order for a long text or a chain of thought; decode and KV cache lead",
  },
  "batch": {
    input_tokens: 1024,
    output_tokens: 128,
    reason: "extraction or labels over documents; nobody waits, only throughput counts",
  },
  "single-user": {
    input_tokens: 512,
    output_tokens: 256,
    reason: "chat's lengths for one person alone; the time of one decode step counts",
  },
} as const satisfies Record<string, PresetLengths>;

export type WorkloadPreset = keyof typeof WORKLOAD_PRESETS;

/** What engines are to have alike, in words that no engine owns, and under which terms they run. */
import { z } from "zod";

const count = z.int().min(1);

/** `equalised`: these settings for all. `shipped`: the engine's own defaults. `tuned`: the best of a few candidates. */
export const ARMS = ["equalised", "shipped", "tuned"] as const;
export type Arm = typeof ARMS[number];

export const armSchema = z.enum(ARMS);

export const settingsSchema = z.strictObject({
  /** Prompt and answer of one request together. */
  context_tokens: count.optional(),
  /** Requests decoded together. */
  max_sequences: count.optional(),
  /** Tokens that one step of the engine may compute, prompts and answers together. */
  batched_tokens: count.optional(),
  /** Whether a long prompt is computed in pieces beside the answers of others. */
  chunked_prefill: z.boolean().optional(),
  /** Whether the beginning of a prompt that was seen before is taken from memory. */
  prefix_cache: z.boolean().optional(),
  kv_dtype: z.enum(["bf16", "f16", "fp8"]).optional(),
  /** Tokens that the KV cache holds over all requests; equal amounts are equal for all engines. */
  kv_tokens: count.optional(),
  /** Share of GPU memory. Engines mean different shares by it, so it makes nothing equal. */
  memory_fraction: z.number().gt(0).lt(1).optional(),
  /** Tokens between two events of a stream. */
  stream_interval: count.optional(),
  seed: z.int().min(0).max(2 ** 31 - 1).optional(),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;
export type SettingValue = number | boolean | string;

export const SETTING_NAMES = Object.keys(settingsSchema.shape) as SettingName[];

/** What one entry may say, in place of the study's; listed as a departure. */
export const entryTerms = {
  arm: armSchema.optional(),
  settings: settingsSchema.optional(),
};

/** What a study may say of all its entries. */
export const studyTerms = {
  /** Under which terms entries run; `equalised` where `settings` are given. Stands in every title. */
  arm: armSchema.optional(),
  /** What all entries are to have alike; each engine is told in its own words. */
  settings: settingsSchema.optional(),
  /** Entries that this study could have and does not, with the reason; the report tells it. */
  left_out: z.record(z.string().min(1), z.string().min(1)).optional(),
  /** Files of studies that answer what this one cannot, each with what it answers. */
  next: z.record(z.string().min(1), z.string().min(1)).optional(),
  /** Ask each entry the accuracy items once it is ready, before any speed is measured. */
  accuracy: z.boolean().optional(),
};

/** What a study says of all entries and of one. */
export interface Terms {
  arm?: Arm | undefined;
  settings?: Settings | undefined;
}

/** The arm that an entry runs under; null where the study names none and equalises nothing. */
export function armOf(study: Terms, entry: Terms): Arm | null {
  return entry.arm ?? study.arm ?? (study.settings === undefined ? null : "equalised");
}

/**
 * The settings that an entry is to have: the study's with its own over them. `shipped` leaves all but
 * the context to the engine, since without that a model may not fit.
 */
export function settingsOf(study: Terms, entry: Terms): Settings {
  const wanted = { ...study.settings, ...entry.settings };
  if (armOf(study, entry) !== "shipped") return wanted;
  const { context_tokens } = wanted;
  return context_tokens === undefined ? {} : { context_tokens };
}

/** What is asked of it, in a fixed order. */
export function askedSettings(settings: Settings): [SettingName, SettingValue][] {
  return SETTING_NAMES.flatMap((name): [SettingName, SettingValue][] => {
    const value = settings[name];
    return value === undefined ? [] : [[name, value]];
  });
}

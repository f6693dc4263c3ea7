/** The form of `workloads`: the kinds of request that a study can send. */
import { z } from "zod";
import { lengthSchema } from "./length_distribution.ts";
import { WORKLOAD_PRESETS, type WorkloadPreset } from "./workload_presets.ts";

const count = z.int().min(1);
/** Which of the two APIs is asked: with a chat template of the server, or with bare text. */
const apis = z.enum(["chat", "completions"]);
const api = apis.default("chat");
/** A plain number is nominal: 0.8–1.0 of it is asked for. Absent means `benchmark.max_tokens`. */
const output_tokens = lengthSchema.optional();

const prompts = z.strictObject({
  kind: z.literal("prompts").optional(),
  api: apis.optional(),
  /** Categories of the prompts file; absent means all of them. */
  categories: z.array(z.string()).min(1).optional(),
});

/** Made-up text; every request's is its own from the first word on. */
const synthetic = z.strictObject({
  kind: z.literal("synthetic"),
  api,
  /** Nominal lengths of a use case, for those that are not set here. */
  preset: z.enum(Object.keys(WORKLOAD_PRESETS) as [WorkloadPreset, ...WorkloadPreset[]]).optional(),
  /** Tokens of the prompt as the server counts them, chat template included. */
  input_tokens: lengthSchema.optional(),
  output_tokens,
}).refine(({ preset, input_tokens }) => preset !== undefined || input_tokens !== undefined, {
  path: ["input_tokens"],
  message: "says how long the prompts are; set it, or a preset",
});

/** Requests of a group begin with the same text, as with a long system prompt. */
const sharedPrefix = z.strictObject({
  kind: z.literal("shared_prefix"),
  api,
  groups: count.default(1),
  /** Tokens that a group's requests share, chat template included. */
  prefix_tokens: count,
  /** Tokens of each request's own that follow. */
  suffix_tokens: lengthSchema,
  /** Share of the requests that belong to a group; the others are as long and share nothing. */
  share: z.number().min(0).max(1).default(1),
  output_tokens,
});

/** Conversations: each turn is sent with all turns before it and the answers that really came. */
const multiTurn = z.strictObject({
  kind: z.literal("multi_turn"),
  api: z.literal("chat").default("chat"),
  turns: z.int().min(2),
  /** Tokens of the first request, chat template included; absent means as `turn_tokens`. */
  first_turn_tokens: lengthSchema.optional(),
  /** Tokens of the user's text in each later turn. */
  turn_tokens: lengthSchema,
  output_tokens,
});

/** Lengths as a trace's lines tell them; for loads of mode `trace` alone. */
const trace = z.strictObject({
  kind: z.literal("trace"),
  api,
  /** Tokens that requests of one prefix group share, where the trace tells groups. */
  prefix_tokens: count.default(512),
});

export const workloadSchema = z.discriminatedUnion("kind", [
  prompts,
  synthetic,
  sharedPrefix,
  multiTurn,
  trace,
]);

export type Workload = z.infer<typeof workloadSchema>;
export type WorkloadKind = NonNullable<Workload["kind"]>;
export type Api = "chat" | "completions";

/** Those whose prompts are made up to a length. */
export type LengthWorkload = Exclude<Workload, z.infer<typeof prompts>>;

export const kindOf = (workload: Workload): WorkloadKind => workload.kind ?? "prompts";
export const apiOf = (workload: Workload): Api => workload.api ?? "chat";

/** Whether its prompts are made up to a length, for which tokens have to be counted. */
export function givesLengths(workload: Workload): workload is LengthWorkload {
  return kindOf(workload) !== "prompts";
}

/** Whether its requests are about reuse, so that a cache may answer for their beginnings. */
export function reusesPrefixes(kind: WorkloadKind): boolean {
  return kind === "shared_prefix" || kind === "multi_turn" || kind === "trace";
}

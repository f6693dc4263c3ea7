/** The form of a study: what a config file may say, strict, with every default in one place. */
import { z } from "zod";
import { QUANTIZATIONS } from "./fit/weights.ts";
import { gpuEmptySchema } from "./gpu_empty_schema.ts";
import { engineSchema } from "./engine_schema.ts";
import { openLoadSchema } from "./load_schema.ts";
import { searchSchema } from "./search_schema.ts";
import { workloadSchema } from "./workload_schema.ts";
import { studyTerms } from "./settings.ts";
import { tuningSchema } from "./tuning_schema.ts";
import { marginsSchema, useCaseSchema } from "./use_case_schema.ts";

const cores = z.string().regex(/^\d+([,-]\d+)*$/, 'expected a core list such as "0" or "2-7,9"');
const count = z.int().min(1);

export const configSchema = z.strictObject({
  /** Shown as the report's subtitle: what question this study poses. */
  question: z.string().optional(),
  model: z.strictObject({
    name: z.string().min(1),
    /** Branch, tag or commit on the hub; `main` if absent. */
    revision: z.string().min(1).optional(),
    /** What its weights are in, where neither the model's config.json nor its name says it rightly. */
    quantization: z.enum(QUANTIZATIONS).optional(),
    /** The model's config.json, from which it is told whether it fits, if it is not on this machine yet. */
    config_json: z.string().min(1).optional(),
    type: z.string().optional(),
    active_params: z.string().optional(),
    total_params: z.string().optional(),
  }).default({ name: "SmolLM2-135M-Instruct" }),
  engines: z.record(
    z.string().regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      "an entry's name may hold letters, digits, '.', '_' and '-'",
    ),
    engineSchema,
  )
    .refine((entries) => Object.keys(entries).length > 0, "expected at least one engine entry"),
  ...studyTerms,
  /** Of the tuned arm: what the search among the entries' `candidates` may cost, and what it goes by. */
  tuning: tuningSchema.optional(),
  workloads: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), workloadSchema).default({
    prompts: {},
  }),
  /** What the answer is for: each use case has one primary metric at one load, set before the run. */
  use_cases: z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), useCaseSchema).optional(),
  benchmark: z.strictObject({
    /** Users of the closed loops; an empty list only beside `loads` or `search`. */
    concurrency_levels: z.array(count).default([1, 10, 50, 100]),
    /** Seconds over which the users of a closed loop start; at once if absent. */
    ramp_s: z.number().positive().optional(),
    /** Mean pause of a closed loop's user before its next request, exponential; none if absent. */
    think_ms: z.number().positive().optional(),
    /** Open loops: requests on a schedule that is drawn before the run. */
    loads: z.array(openLoadSchema).optional(),
    /** For `deno task search`: the largest load that keeps limits. */
    search: searchSchema.optional(),
    /** Measured requests of each trial; `auto` is max(10 × concurrency, 20). */
    requests_per_level: z.union([count, z.literal("auto")]).default("auto"),
    /** Requests before the window, from other prompts; `auto` is 2 × concurrency. */
    warmup_requests: z.union([z.int().min(0), z.literal("auto")]).default("auto"),
    max_tokens: count.default(256),
    /** `fixed` asks for max_tokens each time; `varied` draws 0.8–1.0 of it, seeded, equal for all entries of a block. */
    output_length: z.enum(["fixed", "varied"]).default("fixed"),
    temperature: z.number().min(0).max(2).default(0),
    /** Seconds between two looks at the server's metrics and at the GPU. */
    telemetry_interval_s: z.number().min(0.1).max(60).default(1),
    /** Send one stream at a time to a server of known truth beside each trial's load. */
    canary: z.boolean().default(true),
    /** Threads that send the load; `auto` takes more than one where one may not keep up. */
    workers: z.union([z.int().min(1).max(64), z.literal("auto")]).default("auto"),
    /** Each block launches every entry afresh, in its own order. */
    blocks: count.default(3),
    /**
     * Counts of blocks at which the run may end once its primary comparisons are decided; the last is
     * the most it may take and stands in for `blocks`. Error is spent over them (O'Brien-Fleming).
     */
    looks: z.array(z.int().min(2)).min(2).optional(),
    /** A block 0 that fills compile caches and is never compared; `auto` for vLLM, SGLang, TensorRT-LLM. */
    warm_block: z.union([z.boolean(), z.literal("auto")]).default("auto"),
    /** Levels of blocks that client or environment spoilt are run once more, for every entry. */
    repeat_spoilt: z.boolean().default(true),
    /** Differences below these do not matter to the user; a verdict of better is beyond them. */
    margins: marginsSchema.prefault({}),
    seed: z.int().min(0).max(2 ** 32 - 1).default(1),
    start_timeout_s: z.number().positive().default(1800),
    request_timeout_s: z.number().positive().default(600),
    run_timeout_s: z.number().positive().default(24 * 3600),
  }).refine(
    ({ concurrency_levels, loads = [], search }) =>
      concurrency_levels.length + loads.length > 0 || search !== undefined,
    {
      path: ["concurrency_levels"],
      message: "expected at least 1 entry, or open loops in `loads`",
    },
  ).prefault({}),
  hardware: z.strictObject({
    gpu: z.string().optional(),
    provider: z.string().optional(),
    /** What an hour of this hardware costs, for the cost of a million tokens; in `price_currency` (USD). */
    price_per_hour: z.number().positive().optional(),
    price_currency: z.string().min(1).optional(),
    /** Run although other programs hold memory of the GPU, which makes the numbers theirs too. */
    allow_other_tenants: z.boolean().default(false),
    gpu_empty: gpuEmptySchema.prefault({}),
    /** Cores for the servers and for the client; set both, or neither for `coresByDefault`. */
    server_cores: cores.optional(),
    client_cores: cores.optional(),
  }).prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type EngineEntry = Config["engines"][string];
export type EngineKind = EngineEntry["kind"];
export type EntryOf<K extends EngineKind> = Extract<EngineEntry, { kind: K }>;

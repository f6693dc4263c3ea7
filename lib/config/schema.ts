/** The form of a study: what a config file may say, strict, with every default in one place. */
import { z } from "zod";
import { QUANTIZATIONS } from "./fit/weights.ts";
import { openLoadSchema } from "./load_schema.ts";
import { searchSchema } from "./search_schema.ts";
import { workloadSchema } from "./workload_schema.ts";
import { isSecretName } from "./secret_names.ts";
import { marginsSchema, useCaseSchema } from "./use_case_schema.ts";

const cores = z.string().regex(/^\d+([,-]\d+)*$/, 'expected a core list such as "0" or "2-7,9"');
const count = z.int().min(1);

/** A config is kept in every run folder, so a variable that holds a secret has no place in it. */
const env = z.record(
  z.string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable")
    .refine((name) => !isSecretName(name), {
      error:
        "looks like a secret, and configs are kept with the results; export it before the run, engines inherit it",
    }),
  z.union([z.string(), z.number().transform(String)], {
    error: "expected a text or a number",
  }),
);

/** What every engine entry may say, whatever its kind. */
const common = {
  /** 0 or absent: a free port is chosen at launch. */
  port: z.int().min(0).max(65535).optional(),
  /** Passed to the server as they are, after what the project sets itself. */
  extra_args: z.array(z.string()).default([]),
  /** Added to the environment that the server inherits, and stronger than what the project sets itself. */
  env: env.optional(),
  /** Ask the server to go on after its end-of-text token, so that output lengths are as asked. */
  ignore_eos: z.boolean().default(true),
};

/** Folder with the model's tokenizer.json, for workloads whose lengths are given in tokens. */
const tokenizer = z.string().min(1).optional();

const gpuEngine = {
  ...common,
  tokenizer,
  /** Which of the environments that `setup` installs; absent means the version that is pinned here. */
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+!_-]*$/, "expected a version such as 0.33.0")
    .optional(),
  executable: z.string().optional(),
};

const vllm = z.strictObject({
  kind: z.literal("vllm"),
  ...gpuEngine,
  device: z.enum(["cuda", "cpu"]).default("cuda"),
  /** Threads that compute, on the CPU only; 1 if absent. */
  threads: count.optional(),
}).refine(({ device, threads }) => device === "cpu" || threads === undefined, {
  path: ["threads"],
  message: "has no meaning on cuda; set `device: cpu` or leave `threads` out",
});
const sglang = z.strictObject({ kind: z.literal("sglang"), ...gpuEngine });
const tensorrtLlm = z.strictObject({
  kind: z.literal("tensorrt-llm"),
  ...gpuEngine,
  /** The image to run instead of what `setup` installs. */
  docker_image: z.string().min(1).optional(),
}).refine(
  ({ docker_image, executable }) => docker_image === undefined || executable === undefined,
  {
    path: ["docker_image"],
    message: "has no meaning beside `executable`; leave one of them out",
  },
);

const llamaCpp = z.strictObject({
  kind: z.literal("llama-cpp"),
  ...common,
  tokenizer,
  /** Requests decoded together; further ones wait. */
  slots: count.default(1),
  /** Context of each slot, in tokens; the project's long prompts take up to 700. */
  context_tokens: count.default(2048),
  threads: count.default(1),
});

const AN_API_ROOT = "an http(s) URL such as http://127.0.0.1:8000/v1, or a list of them";

function apiRootProblem(value: unknown): string | null {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return `expected ${AN_API_ROOT}`;
  return /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(value as string)
    ? null
    : "may hold no user, password, query or fragment; a key goes into api_key_env";
}

const external = z.strictObject({
  kind: z.literal("external"),
  /** Root of the API; a list of them for replicas, over which the users are spread in turn. */
  base_url: z.custom<string | string[]>().superRefine((value, context) => {
    const urls: unknown[] = Array.isArray(value) ? value : [value];
    if (urls.length === 0) context.addIssue({ code: "custom", message: `expected ${AN_API_ROOT}` });
    urls.forEach((url, i) => {
      const message = apiRootProblem(url);
      const path = Array.isArray(value) ? [i] : [];
      if (message !== null) context.addIssue({ code: "custom", path, message });
    });
  }),
  /** PEM file with certificates to trust besides the system's, for https. */
  ca_file: z.string().min(1).optional(),
  model: z.string().min(1),
  tokenizer,
  /** Where it tells its Prometheus metrics; without it, it is not asked. */
  metrics_url: z.url({
    protocol: /^https?$/,
    message: "expected an http(s) URL such as http://127.0.0.1:8000/metrics",
  }).refine((url) => !/^https?:\/\/[^/]*@/.test(url), "may hold no user or password").optional(),
  /** Name of the environment variable that holds the key; the key itself is never written anywhere. */
  api_key_env: z.string().regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    "expected the name of an environment variable",
  ).optional(),
  ignore_eos: z.boolean().default(false),
}).refine(({ base_url, ca_file }) => !ca_file || [base_url].flat().some(isHttps), {
  path: ["ca_file"],
  message: "has no meaning without an https base_url; leave it out",
});

function isHttps(url: string): boolean {
  return String(url).startsWith("https:");
}

const simulated = z.strictObject({
  kind: z.literal("simulated"),
  ...common,
  wire: z.enum(["vllm", "sglang", "tensorrt-llm"]),
  max_sequences: count.default(8),
  prefill_ms_per_token: z.number().min(0).default(0.2),
  /** One decode step costs `decode_ms_base + decode_ms_per_sequence × running`. */
  decode_ms_base: z.number().min(0).default(5),
  decode_ms_per_sequence: z.number().min(0).default(0.5),
  kv_capacity_tokens: count.default(65536),
});

const engine = z.discriminatedUnion("kind", [
  vllm,
  sglang,
  tensorrtLlm,
  llamaCpp,
  external,
  simulated,
]);

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
    engine,
  )
    .refine((entries) => Object.keys(entries).length > 0, "expected at least one engine entry"),
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
    /** Cores for the servers and for the client; set both or neither. */
    server_cores: cores.optional(),
    client_cores: cores.optional(),
  }).prefault({}),
});

export type Config = z.infer<typeof configSchema>;
export type EngineEntry = Config["engines"][string];
export type EngineKind = EngineEntry["kind"];
export type EntryOf<K extends EngineKind> = Extract<EngineEntry, { kind: K }>;

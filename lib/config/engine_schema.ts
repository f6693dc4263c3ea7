/** What a config may say of an engine entry, by its kind. */
import { z } from "zod";
import { isSecretName } from "./secret_names.ts";
import { armSchema, entryTerms, settingsSchema } from "./settings.ts";

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

/** What one candidate of a tuned entry changes: its settings and variables win, its arguments are added. */
const candidate = z.strictObject({
  settings: settingsSchema.optional(),
  extra_args: z.array(z.string()).optional(),
  env: env.optional(),
}).refine((changes) => Object.keys(changes).length > 0, {
  message: "changes nothing; say `settings`, `extra_args` or `env`",
});

/** More would be won by chance (method note 0b B). */
const MOST_CANDIDATES = 8;

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
  /** Of the tuned arm: which of these is best is found out before the study, on other prompts. */
  candidates: z.array(candidate).min(2).max(MOST_CANDIDATES).optional(),
  ...entryTerms,
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
  /** As whoever started it says; the project cannot set it. */
  arm: armSchema.optional(),
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

/** One entry: its kind decides what else it may say. */
export const engineSchema = z.discriminatedUnion("kind", [
  vllm,
  sglang,
  tensorrtLlm,
  llamaCpp,
  external,
  simulated,
]);

/** genai-bench: one file a level; `experiment_metadata.json` beside it names engine and version. */
import { z } from "zod";
import { type ForeignRequest, type ForeignTrial, LIMITS } from "./foreign_trial.ts";
import { type Reader, reported } from "./foreign_trial.ts";
import { ImportProblem } from "./import_problem.ts";
import { besides, hasKeys, shaped, type SourceFile } from "./source_file.ts";

const value = z.number().nullish();
const stat = z.looseObject({ p50: value }).nullish();
const level = z.looseObject({
  aggregated_metrics: z.looseObject({
    num_concurrency: z.int().min(1).nullish(),
    iteration_type: z.string().nullish(),
    mean_output_throughput_tokens_per_s: value,
    requests_per_second: value,
    num_requests: z.number(),
    num_error_requests: z.number(),
    stats: z.looseObject({ ttft: stat, tpot: stat, e2e_latency: stat }),
  }),
  individual_request_metrics: z.array(z.looseObject({
    ttft: value,
    e2e_latency: value,
    tpot: value,
    output_inference_speed: value,
    num_input_tokens: value,
    num_output_tokens: value,
    error_code: z.union([z.number(), z.string()]).nullish(),
    error_message: z.string().nullish(),
  })),
});
type Level = z.infer<typeof level>;

const METADATA = "experiment_metadata.json";
const metadata = z.looseObject({
  benchmark_version: z.string().nullish(),
  metrics_time_unit: z.string().nullish(),
  server_engine: z.string().nullish(),
  server_version: z.string().nullish(),
  server_gpu_type: z.string().nullish(),
  api_model_name: z.string().nullish(),
  cmd: z.string().nullish(),
});
type Metadata = z.infer<typeof metadata>;

const NO_LAST_TOKEN =
  "genai-bench keeps when the stream ended, not when the last token came; its TPOT and its end-to-end latency count to that end, so this project's stay empty.";
const COUNTS =
  "Token counts are the server's usage where it sent any, else the client's own tokenizer's; the file does not say which.";
const NO_UNIT =
  `${METADATA} is not beside it and no request tells the unit of the times; genai-bench's default, seconds, is assumed.`;

export const genaiBench: Reader = {
  tool: "genai-bench",
  recognises: ({ documents: [first] }) => hasKeys(first, "individual_request_metrics"),
  read(source) {
    const file = shaped(level, source.documents[0], "a level of genai-bench");
    const beside = besides(source, METADATA);
    const meta = beside && shaped(metadata, beside.documents[0], "genai-bench's metadata");
    return [trialOf(file, meta, beside === null ? [source] : [source, beside])];
  },
};

function trialOf(file: Level, meta: Metadata | null, files: SourceFile[]): ForeignTrial {
  const all = file.aggregated_metrics;
  if (
    all.num_concurrency == null || (all.iteration_type ?? "num_concurrency") !== "num_concurrency"
  ) {
    throw new ImportProblem(
      `was iterated over ${all.iteration_type}; only levels of num_concurrency can be imported`,
    );
  }
  const factor = msOfUnit(file) ?? (meta?.metrics_time_unit === "ms" ? 1 : 1000);
  const requests = file.individual_request_metrics.map((one): ForeignRequest => {
    const error = one.error_code != null && one.error_code !== 200
      ? `${one.error_code} ${one.error_message ?? ""}`.trim()
      : null;
    return {
      sent_ms: null,
      first_token_after_ms: error === null && one.ttft != null ? one.ttft * factor : null,
      last_token_after_ms: null,
      end_after_ms: one.e2e_latency == null ? null : one.e2e_latency * factor,
      token_after_ms: [],
      events: null,
      prompt_tokens: one.num_input_tokens ?? null,
      output_tokens: error === null ? one.num_output_tokens ?? null : null,
      max_tokens: null,
      error,
    };
  });
  const ms = (p50: number | null | undefined) => p50 == null ? null : p50 * factor;
  const { ttft, tpot, e2e_latency } = all.stats;
  return {
    measured_by: meta?.benchmark_version
      ? `genai-bench ${meta.benchmark_version}`
      : "genai-bench (version not in the file)",
    engine: meta?.server_engine ?? meta?.api_model_name ?? "genai-bench",
    model: meta?.api_model_name ?? "not in the file",
    url: meta?.cmd?.match(/--api-base[ =](\S+)/)?.[1] ?? null,
    concurrency: all.num_concurrency,
    started_at: null,
    sent: all.num_requests,
    requests,
    numbers: null,
    said: [
      ...saidOf(
        "Server, as its user named it",
        meta && [
          meta.server_engine,
          meta.server_version,
          meta.server_gpu_type,
        ].filter(Boolean).join(" "),
      ),
    ],
    limits: [
      LIMITS.no_send_times,
      NO_LAST_TOKEN,
      COUNTS,
      ...(meta === null && msOfUnit(file) === null ? [NO_UNIT] : []),
      LIMITS.one_pass,
    ],
    reported: [
      ...reported(
        "mean_output_throughput_tokens_per_s",
        all.mean_output_throughput_tokens_per_s,
        "tok/s",
        "all tokens / run",
      ),
      ...reported(
        "requests_per_second",
        all.requests_per_second,
        "req/s",
        "completed requests / run",
      ),
      ...reported(
        "ttft p50",
        ms(ttft?.p50),
        "ms",
        "from sending to the first content or reasoning text",
      ),
      ...reported("tpot p50", ms(tpot?.p50), "ms", "(end of stream − first text) / (N − 1)"),
      ...reported(
        "e2e_latency p50",
        ms(e2e_latency?.p50),
        "ms",
        "from sending to the end of the stream",
      ),
    ],
    files,
  };
}

function saidOf(label: string, text: string | null): [string, string][] {
  return text ? [[label, text]] : [];
}

/** Times are in seconds or milliseconds; tokens a second always are, and are 1 / TPOT. */
function msOfUnit({ individual_request_metrics }: Level): number | null {
  const products = individual_request_metrics.flatMap(({ tpot, output_inference_speed }) =>
    tpot && output_inference_speed ? [tpot * output_inference_speed] : []
  );
  return products.length === 0 ? null : products[0]! > 30 ? 1 : 1000;
}

/** GuideLLM's `benchmarks.json`: one document, a benchmark for each level. Seconds of wall-clock time. */
import { z } from "zod";
import { type ForeignRequest, type ForeignTrial, LIMITS } from "./foreign_trial.ts";
import { type Reader, reported } from "./foreign_trial.ts";
import { ImportProblem } from "./import_problem.ts";
import { hasKeys, shaped, type SourceFile } from "./source_file.ts";

const count = z.number().nullish();
const request = z.looseObject({
  info: z.looseObject({
    error: z.string().nullish(),
    timings: z.looseObject({
      request_start: z.number().nullish(),
      first_token_iteration: z.number().nullish(),
      last_token_iteration: z.number().nullish(),
      request_end: z.number().nullish(),
      token_iterations: z.number().nullish(),
    }),
  }),
  prompt_tokens: count,
  output_tokens: count,
  cached_tokens: count,
});
type Request = z.infer<typeof request>;
const requests = z.array(request).nullish();
const distribution = z.looseObject({
  successful: z.looseObject({ mean: count, median: count }).nullish(),
}).nullish();
const benchmark = z.looseObject({
  config: z.looseObject({
    strategy: z.looseObject({ type_: z.string(), streams: z.int().min(1).nullish() }),
    backend: z.looseObject({ target: z.string().nullish(), model: z.string().nullish() }),
  }),
  start_time: z.number().nullish(),
  scheduler_metrics: z.looseObject({ measure_start_time: z.number().nullish() }).nullish(),
  requests: z.looseObject({ successful: requests, errored: requests, incomplete: requests }),
  metrics: z.looseObject({
    output_tokens_per_second: distribution,
    requests_per_second: distribution,
    time_to_first_token_ms: distribution,
    inter_token_latency_ms: distribution,
    time_per_output_token_ms: distribution,
    request_latency: distribution,
  }),
  warnings: z.array(z.looseObject({ message: z.string(), note: z.string().nullish() })).nullish(),
});
type Benchmark = z.infer<typeof benchmark>;
const report = z.looseObject({
  metadata: z.looseObject({ guidellm_version: z.string() }),
  benchmarks: z.array(benchmark).min(1),
});

const NO_EVENTS =
  "GuideLLM keeps the first and the last token's time and their number, not each one's, so throughput in a window stays empty. TTFT and TPOT are known.";
const COUNTS =
  "Token counts are the server's usage where it sent any, else the number of events; the file does not say which.";

export const guidellm: Reader = {
  tool: "guidellm",
  recognises: ({ documents: [first] }) => {
    return hasKeys(first, "benchmarks", "metadata") && hasKeys(first.metadata, "guidellm_version");
  },
  read(source) {
    const file = shaped(report, source.documents[0], "a report of GuideLLM");
    const closed = file.benchmarks.filter((one) => concurrencyOf(one) !== null);
    if (closed.length === 0) {
      const types = [...new Set(file.benchmarks.map(({ config }) => config.strategy.type_))];
      throw new ImportProblem(
        `was measured with the strategy ${
          types.join(", ")
        }; only closed loops can be imported: run it with the profile concurrent or synchronous`,
      );
    }
    const left = file.benchmarks.filter((one) => !closed.includes(one))
      .map(({ config }) => config.strategy.type_);
    const version = `GuideLLM ${file.metadata.guidellm_version}`;
    return closed.map((one) => trialOf(one, version, source, left));
  },
};

function concurrencyOf({ config: { strategy } }: Benchmark): number | null {
  if (strategy.type_ === "synchronous") return 1;
  return strategy.type_ === "concurrent" ? strategy.streams ?? null : null;
}

function trialOf(
  one: Benchmark,
  measured_by: string,
  source: SourceFile,
  left: string[],
): ForeignTrial {
  const { backend } = one.config;
  const from_s = one.scheduler_metrics?.measure_start_time ?? -Infinity;
  const all = [
    ...(one.requests.successful ?? []).map((each) => requestOf(each, from_s, null)),
    ...(one.requests.errored ?? []).map((each) =>
      requestOf(each, from_s, each.info.error ?? "errored")
    ),
  ];
  const stopped = one.requests.incomplete?.length ?? 0;
  const { metrics } = one;
  const median = (name: keyof typeof metrics) =>
    (metrics[name] as z.infer<typeof distribution>)?.successful?.median;
  const mean = (name: keyof typeof metrics) =>
    (metrics[name] as z.infer<typeof distribution>)?.successful?.mean;
  const latency_s = median("request_latency");
  return {
    measured_by,
    engine: backend.model ?? "guidellm",
    model: backend.model ?? "not in the file",
    url: backend.target ?? null,
    concurrency: concurrencyOf(one)!,
    started_at: one.start_time == null ? null : new Date(one.start_time * 1000).toISOString(),
    sent: all.filter(({ phase }) => phase === "measured").length,
    requests: all,
    numbers: null,
    said: (one.warnings ?? []).map((
      { message, note },
    ) => ["GuideLLM's own warning", `${message} ${note ?? ""}`.trim()]),
    limits: [
      LIMITS.closed_loop,
      NO_EVENTS,
      COUNTS,
      ...(stopped === 0
        ? []
        : [`${stopped} requests that were still running when GuideLLM stopped are left out.`]),
      ...(left.length === 0 ? [] : [
        `The file also holds levels of the strategy ${
          left.join(", ")
        }; no closed loops, so left out.`,
      ]),
      LIMITS.one_pass,
    ],
    reported: [
      ...reported(
        "output_tokens_per_second mean",
        mean("output_tokens_per_second"),
        "tok/s",
        "rate over the benchmark",
      ),
      ...reported(
        "requests_per_second mean",
        mean("requests_per_second"),
        "req/s",
        "rate over the benchmark",
      ),
      ...reported(
        "time_to_first_token_ms median",
        median("time_to_first_token_ms"),
        "ms",
        "from sending to the first content or reasoning text",
      ),
      ...reported(
        "inter_token_latency_ms median",
        median("inter_token_latency_ms"),
        "ms",
        "what is called TPOT here: (last − first token) / (N − 1)",
      ),
      ...reported(
        "time_per_output_token_ms median",
        median("time_per_output_token_ms"),
        "ms",
        "(last token − start) / N, so the TTFT is in it",
      ),
      ...reported(
        "request_latency median",
        latency_s == null ? null : latency_s * 1000,
        "ms",
        "from sending to the end of the answer",
      ),
    ],
    files: [source],
  };
}

function requestOf(
  { info: { timings }, prompt_tokens, output_tokens }: Request,
  from_s: number,
  error: string | null,
): ForeignRequest {
  const start_s = timings.request_start ?? null;
  const after = (at_s: number | null | undefined) =>
    start_s === null || at_s == null ? null : (at_s - start_s) * 1000;
  return {
    phase: start_s !== null && start_s < from_s ? "warmup" : "measured",
    sent_ms: start_s === null ? null : start_s * 1000,
    first_token_after_ms: error === null ? after(timings.first_token_iteration) : null,
    last_token_after_ms: error === null ? after(timings.last_token_iteration) : null,
    end_after_ms: after(timings.request_end),
    token_after_ms: [],
    events: timings.token_iterations ?? null,
    prompt_tokens: prompt_tokens ?? null,
    output_tokens: error === null ? output_tokens ?? null : null,
    max_tokens: null,
    error,
  };
}

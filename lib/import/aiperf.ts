/**
 * AIPerf: `profile_export_aiperf.json` says what was run, `profile_export.jsonl` beside it holds the
 * single requests. Either may be named; the two are one level.
 */
import { z } from "zod";
import { arrivals, type ForeignRequest, type ForeignTrial, LIMITS } from "./foreign_trial.ts";
import { type Reader, reported } from "./foreign_trial.ts";
import { ImportProblem } from "./import_problem.ts";
import { besides, hasKeys, shaped, type SourceFile } from "./source_file.ts";

const SUMMARY = "profile_export_aiperf.json";
const REQUESTS = "profile_export.jsonl";

const stat = z.looseObject({
  avg: z.number().nullish(),
  p50: z.number().nullish(),
  p90: z.number().nullish(),
  p99: z.number().nullish(),
  sum: z.number().nullish(),
}).nullish();
const summary = z.looseObject({
  aiperf_version: z.string().optional(),
  request_count: stat,
  error_request_count: stat,
  request_latency: stat,
  time_to_first_token: stat,
  inter_token_latency: stat,
  inter_chunk_latency: stat,
  output_token_throughput: stat,
  request_throughput: stat,
  output_sequence_length: stat,
  usage_completion_tokens: stat,
  usage_prompt_tokens: stat,
  start_time: z.string().nullish(),
  was_cancelled: z.boolean().nullish(),
  run_info: z.looseObject({ cli_command: z.string().nullish() }).nullish(),
  input_config: z.looseObject({
    models: z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) }).nullish(),
    endpoint: z.looseObject({ urls: z.array(z.string()).nullish() }).nullish(),
    phases: z.array(z.looseObject({
      kind: z.string().nullish(),
      type: z.string().nullish(),
      concurrency: z.int().min(1).nullish(),
    })),
  }),
});
type Summary = z.infer<typeof summary>;

const number = z.looseObject({ value: z.number() }).nullish();
const record = z.looseObject({
  metadata: z.looseObject({
    request_start_ns: z.number(),
    request_end_ns: z.number(),
    benchmark_phase: z.string().nullish(),
    was_cancelled: z.boolean().nullish(),
  }),
  metrics: z.looseObject({
    time_to_first_token: number,
    request_latency: number,
    inter_chunk_latency: z.looseObject({ value: z.array(z.number()) }).nullish(),
    usage_prompt_tokens: number,
    usage_completion_tokens: number,
  }),
  error: z.unknown().optional(),
});
type RequestLine = z.infer<typeof record>;

const NO_USAGE =
  "The server sent no usage for some requests; AIPerf counts tokens with its own tokenizer, which is not this project's N, so those have no TPOT and no throughput.";

export const aiperf: Reader = {
  tool: "aiperf",
  recognises: (source) => isSummary(source) || isRequests(source),
  read(source) {
    const described = isSummary(source) ? source : besides(source, SUMMARY);
    const single = isSummary(source) ? besides(source, REQUESTS) : source;
    if (described === null) {
      throw new ImportProblem(
        `holds AIPerf's single requests, but not how many ran at once; put ${SUMMARY} of the same run beside it`,
      );
    }
    const file = shaped(summary, described.documents[0], "a summary of AIPerf");
    const lines = single?.documents.map((one) => shaped(record, one, "a request of AIPerf"));
    return [trialOf(file, lines ?? null, single === null ? [described] : [described, single])];
  },
};

function isSummary({ documents: [first] }: SourceFile): boolean {
  return hasKeys(first, "aiperf_version");
}

function isRequests({ documents: [first] }: SourceFile): boolean {
  return hasKeys(first, "metadata") && hasKeys(first.metadata, "credit_issued_ns");
}

function trialOf(file: Summary, lines: RequestLine[] | null, files: SourceFile[]): ForeignTrial {
  const config = file.input_config;
  const phase = config.phases.find(({ kind }) => kind === "profiling") ?? config.phases.at(-1);
  if (phase?.type !== "concurrency" || phase.concurrency == null) {
    throw new ImportProblem(
      `was measured with a load of type ${phase?.type}; only closed loops can be imported: run it with --concurrency N alone`,
    );
  }
  const requests = lines?.map(requestOf) ?? null;
  const failed = file.error_request_count?.avg ?? 0;
  const sent = (file.request_count?.avg ?? 0) + failed;
  const counted = requests?.every(({ error, output_tokens }) => error || output_tokens !== null) ??
    sameCounts(file);
  const own = (value: number | null | undefined) => counted ? value ?? null : null;
  return {
    measured_by: `AIPerf ${file.aiperf_version}`,
    engine: config.models?.items[0]?.name ?? "aiperf",
    model: config.models?.items.map(({ name }) => name).join(", ") ?? "not in the file",
    url: config.endpoint?.urls?.[0] ?? null,
    concurrency: phase.concurrency,
    started_at: file.start_time ?? null,
    sent,
    requests,
    numbers: requests !== null ? null : {
      requests: sent,
      failed,
      prompt_tokens: file.usage_prompt_tokens?.sum ?? null,
      output_tokens: file.usage_completion_tokens?.sum ?? null,
      ttft_from_send_ms_p50: file.time_to_first_token?.p50 ?? null,
      tpot_ms_p50: own(file.inter_token_latency?.p50),
      tpot_ms_p90: own(file.inter_token_latency?.p90),
      tpot_ms_p99: own(file.inter_token_latency?.p99),
    },
    said: file.run_info?.cli_command ? [["Command", withoutKeys(file.run_info.cli_command)]] : [],
    limits: [
      requests === null
        ? `${LIMITS.percentiles_only} Put ${REQUESTS} of the same run beside it.`
        : LIMITS.closed_loop,
      ...(counted ? [] : [NO_USAGE]),
      LIMITS.one_pass,
    ],
    reported: [
      ...reported(
        "output_token_throughput",
        file.output_token_throughput?.avg,
        "tok/s",
        "all tokens / from the first send to the last answer",
      ),
      ...reported(
        "request_throughput",
        file.request_throughput?.avg,
        "req/s",
        "requests / the same time",
      ),
      ...reported(
        "time_to_first_token p50",
        file.time_to_first_token?.p50,
        "ms",
        "from sending to the first content or reasoning text",
      ),
      ...reported(
        "inter_token_latency p50",
        file.inter_token_latency?.p50,
        "ms",
        "what is called TPOT here: (last − first token) / (N − 1)",
      ),
      ...reported(
        "inter_chunk_latency p50",
        file.inter_chunk_latency?.p50,
        "ms",
        "gap between chunks, pooled",
      ),
      ...reported(
        "request_latency p50",
        file.request_latency?.p50,
        "ms",
        "from sending to the last text",
      ),
    ],
    files,
  };
}

/** AIPerf's N is its tokenizer's; where it agrees with the server's usage its ITL is our TPOT. */
function sameCounts({ usage_completion_tokens, output_sequence_length }: Summary): boolean {
  const usage = usage_completion_tokens?.avg;
  return usage != null && usage === output_sequence_length?.avg;
}

function requestOf({ metadata, metrics, error }: RequestLine): ForeignRequest {
  const failed = error !== undefined && error !== null
    ? JSON.stringify(error)
    : metadata.was_cancelled
    ? "cancelled by AIPerf"
    : null;
  const first = failed === null ? metrics.time_to_first_token?.value ?? null : null;
  const texts = first === null ? [] : arrivals(first, metrics.inter_chunk_latency?.value ?? []);
  return {
    phase: metadata.benchmark_phase === "warmup" ? "warmup" : "measured",
    sent_ms: metadata.request_start_ns / 1e6,
    first_token_after_ms: first,
    last_token_after_ms: first === null ? null : metrics.request_latency?.value ?? texts.at(-1)!,
    end_after_ms: (metadata.request_end_ns - metadata.request_start_ns) / 1e6,
    token_after_ms: texts,
    events: first === null ? null : texts.length,
    prompt_tokens: metrics.usage_prompt_tokens?.value ?? null,
    output_tokens: failed === null ? metrics.usage_completion_tokens?.value ?? null : null,
    max_tokens: null,
    error: failed,
  };
}

function withoutKeys(command: string): string {
  return command.replace(/(--(?:api-?key|header|auth)\S*?[ =])('[^']*'|"[^"]*"|\S+)/gi, "$1…");
}

/** SGLang's bench_serving, one JSON line a run, with or without `--output-details`. Seconds. */
import { z } from "zod";
import { arrivals, type ForeignRequest, type ForeignTrial, LIMITS } from "./foreign_trial.ts";
import { noAnswer, type Reader, reported, requestRate } from "./foreign_trial.ts";
import { ImportProblem } from "./import_problem.ts";
import { hasKeys, shaped, type SourceFile } from "./source_file.ts";

const numbers = z.array(z.number());
const result = z.looseObject({
  backend: z.string(),
  request_rate: requestRate,
  max_concurrency: z.int().min(1).nullish(),
  server_info: z.looseObject({ model_path: z.string().nullish() }).nullish(),
  completed: z.int(),
  total_input_tokens: z.number(),
  total_output_tokens: z.number(),
  request_throughput: z.number().nullish(),
  output_throughput: z.number().nullish(),
  concurrency: z.number().nullish(),
  median_ttft_ms: z.number().nullish(),
  median_tpot_ms: z.number().nullish(),
  median_itl_ms: z.number().nullish(),
  median_e2e_latency_ms: z.number().nullish(),
  input_lens: numbers.optional(),
  output_lens: numbers.optional(),
  ttfts: numbers.optional(),
  itls: z.array(numbers).optional(),
  errors: z.array(z.string().nullable()).optional(),
});
type Result = z.infer<typeof result>;

const COUNTS =
  "Token counts are the server's usage where the client asked for it, else the length that was asked for; the file does not say which.";
const NO_FAILED =
  "SGLang's file does not count failed requests when it holds no single ones; those that are missing cannot be seen.";
const NATIVE =
  "SGLang's own protocol spreads a chunk's time over its tokens, so arrivals of events are not known; first and last token are.";

export const sglang: Reader = {
  tool: "sglang",
  recognises: ({ documents }) =>
    documents.length > 0 &&
    documents.every((one) => hasKeys(one, "dataset_name", "total_throughput")),
  read: (source, concurrency) =>
    source.documents.map((one) =>
      trialOf(shaped(result, one, "a result of SGLang's bench_serving"), source, concurrency)
    ),
};

function trialOf(file: Result, source: SourceFile, given: number | null): ForeignTrial {
  const { request_rate } = file;
  if (request_rate !== "inf") {
    throw new ImportProblem(
      `was measured at a request rate of ${request_rate}/s; only closed loops can be imported: run it with --request-rate inf --max-concurrency N`,
    );
  }
  const concurrency = file.max_concurrency ?? given;
  if (concurrency === null) {
    throw new ImportProblem(
      "has no max_concurrency: all requests were sent at once, which is no level of concurrent users; run it with --max-concurrency N",
    );
  }
  const requests = requestsOf(file);
  const native = file.backend === "sglang";
  return {
    measured_by: "SGLang bench_serving (version not in the file)",
    engine: file.backend.replace(/-(chat|oai|oai-chat)$/, ""),
    model: file.server_info?.model_path ?? "not in the file",
    url: null,
    concurrency,
    started_at: null,
    sent: requests?.length ?? file.completed,
    requests,
    numbers: requests !== null ? null : {
      requests: file.completed,
      failed: 0,
      prompt_tokens: file.total_input_tokens,
      output_tokens: file.total_output_tokens,
      ttft_from_send_ms_p50: file.median_ttft_ms ?? null,
      tpot_ms_p50: null,
      tpot_ms_p90: null,
      tpot_ms_p99: null,
    },
    said: [["Backend", file.backend]],
    limits: [
      LIMITS.no_send_times,
      ...(requests === null
        ? [`${LIMITS.percentiles_only} Run it with --output-details.`, NO_FAILED]
        : native
        ? [NATIVE]
        : []),
      COUNTS,
      LIMITS.one_pass,
    ],
    reported: [
      ...reported(
        "output_throughput",
        file.output_throughput,
        "tok/s",
        "all tokens / whole run, ramp and drain included",
      ),
      ...reported(
        "request_throughput",
        file.request_throughput,
        "req/s",
        "completed requests / whole run",
      ),
      ...reported("concurrency", file.concurrency, "requests", "mean in flight over the whole run"),
      ...reported("median_ttft_ms", file.median_ttft_ms, "ms", "from sending to the first text"),
      ...reported(
        "median_tpot_ms",
        file.median_tpot_ms,
        "ms",
        "(end − first text) / (N − 1), end at [DONE]",
      ),
      ...reported("median_itl_ms", file.median_itl_ms, "ms", "gap between chunks, pooled"),
      ...reported(
        "median_e2e_latency_ms",
        file.median_e2e_latency_ms,
        "ms",
        "from sending to [DONE]",
      ),
    ],
    files: [source],
  };
}

function requestsOf(file: Result): ForeignRequest[] | null {
  const { ttfts, itls, output_lens, input_lens, errors, backend } = file;
  if (!ttfts || !itls || !output_lens) return null;
  for (const [name, list] of Object.entries({ itls, output_lens, input_lens, errors })) {
    if (list === undefined || list.length === ttfts.length) continue;
    throw new ImportProblem(
      `has ${ttfts.length} ttfts, but ${list.length} ${name}; was it changed?`,
    );
  }
  return ttfts.map((ttft, i): ForeignRequest => {
    const error = errors?.[i] || noAnswer(ttft, output_lens[i]!);
    const texts = arrivals(ttft, itls[i]!).map((at_s) => at_s * 1000);
    const known = error === null && backend !== "sglang";
    return {
      sent_ms: null,
      first_token_after_ms: error === null ? texts[0]! : null,
      last_token_after_ms: error === null ? texts.at(-1)! : null,
      end_after_ms: null,
      token_after_ms: known ? texts : [],
      events: known ? texts.length : null,
      prompt_tokens: input_lens?.[i] ?? null,
      output_tokens: error === null ? output_lens[i]! : null,
      max_tokens: null,
      error,
    };
  });
}

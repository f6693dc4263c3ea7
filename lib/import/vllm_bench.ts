/** `vllm bench serve --save-result`, with or without `--save-detailed`. Seconds throughout. */
import { median } from "simple-statistics";
import { z } from "zod";
import { arrivals, type ForeignRequest, type ForeignTrial, LIMITS } from "./foreign_trial.ts";
import { noAnswer, type Reader, reported, requestRate } from "./foreign_trial.ts";
import { ImportProblem } from "./import_problem.ts";
import { hasKeys, shaped, type SourceFile } from "./source_file.ts";

const numbers = z.array(z.number());
const result = z.looseObject({
  date: z.string().optional(),
  endpoint_type: z.string().optional(),
  backend: z.string(),
  label: z.string().nullish(),
  model_id: z.string(),
  num_prompts: z.int().min(1),
  request_rate: requestRate,
  max_concurrency: z.int().min(1).nullish(),
  completed: z.int(),
  failed: z.int().optional(),
  total_input_tokens: z.number(),
  total_output_tokens: z.number(),
  request_throughput: z.number().nullish(),
  output_throughput: z.number().nullish(),
  median_ttft_ms: z.number().nullish(),
  median_tpot_ms: z.number().nullish(),
  median_itl_ms: z.number().nullish(),
  median_e2el_ms: z.number().nullish(),
  input_lens: numbers.optional(),
  output_lens: numbers.optional(),
  ttfts: numbers.optional(),
  itls: z.array(numbers).optional(),
  latencies: numbers.optional(),
  start_times: numbers.optional(),
  errors: z.array(z.string()).optional(),
});
type Result = z.infer<typeof result>;

const COUNTS =
  "Token counts are the server's usage where it sent any, else the client's own tokenizer's; the file does not say which.";
const ROLE_FIRST =
  "vLLM's client stops the TTFT of a chat at the first event, which carries only the role. The events are more than the tokens and the first two come close together, so the second is taken as the first token.";
const ROLE_UNKNOWN =
  "vLLM's client stops the TTFT of a chat at the first event, which may carry only the role. The events are not as many as the tokens and do not show which of them carried none, so TTFT, TPOT, end-to-end latency and throughput stay empty.";

export const vllmBench: Reader = {
  tool: "vllm-bench",
  recognises: ({ documents }) =>
    documents.length > 0 &&
    documents.every((one) => hasKeys(one, "request_goodput", "burstiness", "model_id")),
  read: (source, concurrency) =>
    source.documents.map((one) => {
      const file = shaped(result, one, "a result of `vllm bench serve`");
      return trialOf(file, source, concurrency);
    }),
};

function trialOf(file: Result, source: SourceFile, given: number | null): ForeignTrial {
  if (file.request_rate !== "inf") {
    throw new ImportProblem(
      `was measured at a request rate of ${file.request_rate}/s; only closed loops can be imported: run it with --request-rate inf --max-concurrency N`,
    );
  }
  const concurrency = file.max_concurrency ?? given;
  if (concurrency === null) {
    throw new ImportProblem(
      "has no max_concurrency: all requests were sent at once, which is no level of concurrent users; run it with --max-concurrency N",
    );
  }
  const chat = /chat/.test(file.backend) || /chat/.test(file.endpoint_type ?? "");
  const detailed = requestsOf(file, chat);
  const failed = file.failed ?? file.num_prompts - file.completed;
  return {
    measured_by: "vllm bench serve (version not in the file)",
    engine: file.label ?? file.model_id,
    model: file.model_id,
    url: null,
    concurrency,
    started_at: startOf(file.date),
    sent: file.num_prompts,
    requests: detailed?.requests ?? null,
    numbers: detailed !== null ? null : {
      requests: file.num_prompts,
      failed,
      prompt_tokens: file.total_input_tokens,
      output_tokens: file.total_output_tokens,
      ttft_from_send_ms_p50: chat ? null : file.median_ttft_ms ?? null,
      tpot_ms_p50: null,
      tpot_ms_p90: null,
      tpot_ms_p99: null,
    },
    said: [["Backend", file.backend]],
    limits: [
      ...detailed?.limits ?? [
        `${LIMITS.percentiles_only} Its TPOT ends at the last event of any kind${
          chat ? " and its TTFT at the role event" : ""
        }. Run it with --save-detailed.`,
      ],
      COUNTS,
      LIMITS.one_pass,
    ],
    reported: reportedOf(file, chat),
    files: [source],
  };
}

function reportedOf(file: Result, chat: boolean) {
  return [
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
    ...reported(
      "median_ttft_ms",
      file.median_ttft_ms,
      "ms",
      chat
        ? "from sending to the first event, role-only included"
        : "from sending to the first event",
    ),
    ...reported(
      "median_tpot_ms",
      file.median_tpot_ms,
      "ms",
      "(end − first event) / (N − 1), end at the last event of any kind",
    ),
    ...reported(
      "median_itl_ms",
      file.median_itl_ms,
      "ms",
      "gap between events, pooled, empty and finish events included",
    ),
    ...reported(
      "median_e2el_ms",
      file.median_e2el_ms,
      "ms",
      "from sending to the last event of any kind",
    ),
  ];
}

interface Detailed {
  requests: ForeignRequest[];
  limits: string[];
}

/** The single requests; null where the file holds percentiles only. */
function requestsOf(file: Result, chat: boolean): Detailed | null {
  const { ttfts, itls, output_lens, input_lens, start_times, errors } = file;
  if (!ttfts || !itls || !output_lens) return null;
  const lists = { itls, output_lens, input_lens, start_times, errors, latencies: file.latencies };
  for (const [name, list] of Object.entries(lists)) {
    if (list === undefined || list.length === ttfts.length) continue;
    throw new ImportProblem(
      `has ${ttfts.length} ttfts, but ${list.length} ${name}; was it changed?`,
    );
  }
  const errorOf = (i: number) => errors?.[i] || noAnswer(ttfts[i]!, output_lens[i]!);
  const ok = (i: number) => errorOf(i) === null;
  const extra = (i: number) => itls[i]!.length + 1 - output_lens[i]!;
  const answered = ttfts.map((_, i) => i).filter(ok);
  const first = firstEvent(answered.map((i) => ({ gaps: itls[i]!, extra: extra(i) })), chat);
  const requests = ttfts.map((ttft, i): ForeignRequest => {
    const events = arrivals(ttft, itls[i]!).map((at_s) => at_s * 1000);
    const texts = ok(i) ? textEvents(events, extra(i), first) : [];
    return {
      sent_ms: start_times ? start_times[i]! * 1000 : null,
      first_token_after_ms: texts[0] ?? null,
      last_token_after_ms: texts.at(-1) ?? null,
      end_after_ms: ok(i) ? events.at(-1)! : null,
      token_after_ms: texts,
      events: ok(i) ? events.length : null,
      prompt_tokens: input_lens?.[i] ?? null,
      output_tokens: ok(i) ? output_lens[i]! : null,
      max_tokens: null,
      error: errorOf(i),
    };
  });
  const limits = [
    start_times ? LIMITS.closed_loop : LIMITS.no_send_times,
    ...(first === "unknown" ? [ROLE_UNKNOWN] : first === "role" ? [ROLE_FIRST] : []),
  ];
  return { requests, limits };
}

type FirstEvent = "token" | "role" | "unknown";

/**
 * What the first event of the answers carried. Engines begin a chat with an event for the role, sent
 * together with the first token, and some end it with one for the reason; a client that merges or a
 * server that leaves them out shows as many events as tokens.
 */
function firstEvent(answers: { gaps: number[]; extra: number }[], chat: boolean): FirstEvent {
  if (!chat || answers.every(({ extra }) => extra === 0)) return "token";
  if (answers.every(({ extra }) => extra === 2)) return "role";
  const gaps = answers.filter((answer) => answer.gaps.length > 1).map((answer) => answer.gaps);
  if (gaps.length === 0) return "unknown";
  const roleIsClose =
    median(gaps.map((each) => each[0]!)) < median(gaps.map((each) => each.at(-1)!));
  return roleIsClose ? "role" : "unknown";
}

/** The events that carried text: without the role, and without a last one for the reason. */
function textEvents(events: number[], extra: number, first: FirstEvent): number[] {
  if (first === "unknown") return [];
  const role = first === "role" ? 1 : 0;
  return events.slice(role, events.length - Math.max(0, extra - role));
}

/** `20261124-205100`, in the local time of the machine that measured, as a time of unknown zone. */
function startOf(date: string | undefined): string | null {
  const found = date?.match(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/);
  return found ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}:${found[5]}:${found[6]}` : null;
}

/**
 * inference-perf: `stage_N_lifecycle_metrics.json` says a level's load, `per_request_lifecycle_metrics.json`
 * beside it holds the requests of all stages. Seconds throughout. Any of them may be named.
 */
import { parse } from "yaml";
import { z } from "zod";
import { type ForeignTrial, LIMITS } from "./foreign_trial.ts";
import { type Reader, reported } from "./foreign_trial.ts";
import { ImportProblem } from "./import_problem.ts";
import { perRequest, requestOf } from "./inference_perf_request.ts";
import { besides, hasKeys, shaped, type SourceFile, textBesides } from "./source_file.ts";

const REQUESTS = "per_request_lifecycle_metrics.json";
const value = z.number().nullish();
const stat = z.looseObject({ median: value, p90: value, p99: value }).nullish();
const stage = z.looseObject({
  load_summary: z.looseObject({ count: z.number(), concurrency: z.int().min(1).nullish() }),
  successes: z.looseObject({
    count: z.number(),
    latency: z.looseObject({
      request_latency: stat,
      time_per_output_token: stat,
      time_to_first_token: stat,
      inter_token_latency: stat,
    }).nullish(),
    throughput: z.looseObject({ output_tokens_per_sec: value, requests_per_sec: value }).nullish(),
    prompt_tokens: z.looseObject({ total: value }).nullish(),
    output_tokens: z.looseObject({ total: value }).nullish(),
    token_count_mismatches: value,
  }),
  failures: z.looseObject({ count: z.number() }),
});
type Stage = z.infer<typeof stage>;
const settings = z.looseObject({
  server: z.looseObject({
    type: z.string().nullish(),
    model_name: z.string().nullish(),
    base_url: z.string().nullish(),
  }).nullish(),
}).catch({});

const OWN_COUNTS =
  "inference-perf counts tokens with its own tokenizer; here N is the server's usage, and a request without it has no TPOT and no throughput.";

export const inferencePerf: Reader = {
  tool: "inference-perf",
  recognises: (source) => isStage(source) || isRequests(source),
  read(source) {
    if (/^summary_/.test(source.name)) {
      throw new ImportProblem(
        "sums up all stages and does not say how many requests ran at once; give stage_0_lifecycle_metrics.json and so on",
      );
    }
    const files = isStage(source) ? [source] : stagesBesides(source);
    const requestFile = isStage(source) ? besides(source, REQUESTS) : source;
    const all = stagesBesides(source);
    const split = requestFile && splitByStage(requestFile, all.length > 0 ? all : files);
    return files.map((file) => trialOf(file, requestFile, split?.get(file.name) ?? null));
  },
};

function isStage({ documents: [first] }: SourceFile): boolean {
  return hasKeys(first, "load_summary", "successes");
}

function isRequests({ documents: [first] }: SourceFile): boolean {
  const one = Array.isArray(first) ? first[0] : null;
  return hasKeys(one, "info", "start_time");
}

function stagesBesides(source: SourceFile): SourceFile[] {
  const found: SourceFile[] = [];
  for (let i = 0;; i++) {
    const name = `stage_${i}_lifecycle_metrics.json`;
    const file = name === source.name ? source : besides(source, name);
    if (file === null) break;
    found.push(file);
  }
  if (found.length > 0 || isStage(source)) return found;
  throw new ImportProblem(
    "holds inference-perf's single requests, but not how many ran at once; put stage_0_lifecycle_metrics.json of the same run beside it",
  );
}

type Requests = z.infer<typeof perRequest>;

/** The stages ran one after the other, so the requests by their start belong to them in turn. */
function splitByStage(requestFile: SourceFile, stages: SourceFile[]): Map<string, Requests> {
  const sorted = shaped(perRequest, requestFile.documents[0], "inference-perf's requests")
    .toSorted((a, b) => a.start_time - b.start_time);
  const counts = stages.map((file) =>
    shaped(stage, file.documents[0], "a stage of inference-perf").load_summary.count
  );
  const sum = counts.reduce((total, count) => total + count, 0);
  if (sum !== sorted.length) {
    throw new ImportProblem(
      `${requestFile.name} holds ${sorted.length} requests, but its stages count ${sum}; are they of one run, and all there?`,
    );
  }
  let from = 0;
  return new Map(
    stages.map((file, i) => [file.name, sorted.slice(from, from += counts[i]!)]),
  );
}

function trialOf(
  source: SourceFile,
  requestFile: SourceFile | null,
  lines: Requests | null,
): ForeignTrial {
  const file = shaped(stage, source.documents[0], "a stage of inference-perf");
  const { concurrency, count } = file.load_summary;
  if (concurrency == null) {
    throw new ImportProblem(
      "was measured at a request rate; only closed loops can be imported: run it with load.type concurrent",
    );
  }
  const server = serverOf(source);
  const requests = lines?.map(requestOf) ?? null;
  return {
    measured_by: "inference-perf (version not in the file)",
    engine: server?.type ?? server?.model_name ?? "inference-perf",
    model: server?.model_name ?? "not in the file",
    url: server?.base_url ?? null,
    concurrency,
    started_at: null,
    sent: count,
    requests,
    numbers: requests === null ? numbersOf(file) : null,
    said: [],
    limits: [
      requests === null
        ? `${LIMITS.percentiles_only} Put ${REQUESTS} of the same run beside it.`
        : LIMITS.closed_loop,
      OWN_COUNTS,
      LIMITS.one_pass,
    ],
    reported: reportedOf(file),
    files: requestFile === null ? [source] : [source, requestFile],
  };
}

function numbersOf({ successes, failures, load_summary }: Stage) {
  const agreed = successes.token_count_mismatches === 0;
  const tpot = agreed ? successes.latency?.time_per_output_token : null;
  const ms = (seconds: number | null | undefined) => seconds == null ? null : seconds * 1000;
  return {
    requests: load_summary.count,
    failed: failures.count,
    prompt_tokens: successes.prompt_tokens?.total ?? null,
    output_tokens: agreed ? successes.output_tokens?.total ?? null : null,
    ttft_from_send_ms_p50: ms(successes.latency?.time_to_first_token?.median),
    tpot_ms_p50: ms(tpot?.median),
    tpot_ms_p90: ms(tpot?.p90),
    tpot_ms_p99: ms(tpot?.p99),
  };
}

function reportedOf({ successes: { latency, throughput } }: Stage) {
  const ms = (seconds: number | null | undefined) => seconds == null ? null : seconds * 1000;
  return [
    ...reported(
      "output_tokens_per_sec",
      throughput?.output_tokens_per_sec,
      "tok/s",
      "all tokens / whole stage",
    ),
    ...reported(
      "requests_per_sec",
      throughput?.requests_per_sec,
      "req/s",
      "successes / whole stage",
    ),
    ...reported(
      "time_to_first_token median",
      ms(latency?.time_to_first_token?.median),
      "ms",
      "from sending to the first text",
    ),
    ...reported(
      "time_per_output_token median",
      ms(latency?.time_per_output_token?.median),
      "ms",
      "(last − first token) / (N − 1), N by its own tokenizer",
    ),
    ...reported(
      "inter_token_latency median",
      ms(latency?.inter_token_latency?.median),
      "ms",
      "gap between tokens, pooled, 0 inside a chunk",
    ),
    ...reported(
      "request_latency median",
      ms(latency?.request_latency?.median),
      "ms",
      "from sending to the end of the answer",
    ),
  ];
}

function serverOf(source: SourceFile) {
  const text = textBesides(source, "config.yaml");
  return text === null ? null : settings.parse(parse(text)).server ?? null;
}

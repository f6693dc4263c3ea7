/**
 * Both phases' requests of a trial, written and serialised before anything is opened or timed: in
 * memory, or a long trial's in a file beside the trials.
 */
import { join } from "node:path";
import { setImmediate } from "node:timers";
import type { ArrivalList } from "@/config/arrivals/arrival.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { apiOf, givesLengths, kindOf, reusesPrefixes } from "@/config/workload_schema.ts";
import type { ChatRequest } from "@/engines/engine.ts";
import { engineOf } from "@/engines/kinds.ts";
import { counterFrom } from "@/engines/tokenizer/entry_counter.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { type LeadIn, leadInOf } from "@/load/lead_in.ts";
import { lengthRequests } from "@/load/length_requests.ts";
import { PromptWriter } from "@/load/prompt_writer.ts";
import type { RequestList } from "@/load/request_file.ts";
import { RequestStore } from "@/load/request_store.ts";
import {
  promptsOf,
  type TrialRequests,
  trialRequests,
  type WorkloadRequest,
} from "@/load/workload.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import type { WarmServer } from "./warm_server.ts";

export interface RequestContext {
  config: Config;
  prompts: readonly Prompt[];
  arrivals: ArrivalList;
  /** Several threads read the requests. */
  shared: boolean;
  signal: AbortSignal;
  /** Of the run. */
  folder: { dir: string };
}

/** To be disposed of once they were sent. */
export interface PreparedRequests extends AsyncDisposable {
  /** The measured phase's begin with the lead-in. */
  requests: Record<RequestRecord["phase"], RequestList>;
  lead_in: LeadIn;
  /** Tokens around every prompt's own text; null where no lengths were asked for. */
  template_tokens: number | null;
}

/** What the requests are made for: a model, and of prompts with given lengths a way to count them. */
type Asked = Pick<WarmServer, "died" | "writer"> & {
  server: Pick<WarmServer["server"], "baseUrl" | "model">;
};

/** Throws an Error where the prompts cannot be given the lengths that are asked for, with the reason. */
export async function prepareRequests(
  trial: PlannedTrial,
  warm: Asked,
  context: RequestContext,
): Promise<PreparedRequests> {
  const { config, prompts, arrivals } = context;
  const workload = config.workloads[trial.workload]!;
  const entry = config.engines[trial.entry]!;
  const engine = engineOf(entry.kind);
  const api = apiOf(workload);
  const reuse = reusesPrefixes(kindOf(workload));
  const bodyOf = (request: Pick<WorkloadRequest, "messages" | "max_tokens">) => {
    const { messages, max_tokens } = request;
    const { temperature } = config.benchmark;
    const asked: ChatRequest = { messages, max_tokens, temperature, api, reuse };
    if (kindOf(workload) !== "prompts") asked.min_tokens = max_tokens;
    return encodeJson(engine.body(entry, warm.server.model, asked));
  };
  const prepare = (request: WorkloadRequest): PreparedRequest => {
    const { prompt_id, max_tokens, asked_prompt_tokens, turn, messages } = request;
    const prepared: PreparedRequest = { prompt_id, max_tokens, api, body: bodyOf(request) };
    if (asked_prompt_tokens !== undefined) prepared.asked_prompt_tokens = asked_prompt_tokens;
    if (turn !== undefined) {
      const bodyAfter: NonNullable<PreparedRequest["turn"]>["bodyAfter"] = (earlier) =>
        bodyOf({ messages: [...earlier, ...messages], max_tokens });
      prepared.turn = { ...turn, messages, bodyAfter };
    }
    return prepared;
  };
  const path = join(context.folder.dir, "trials", `${trial.trial_id}.requests`);
  const file = { path, nameless: !context.shared };
  const lead_in = leadInOf(trial);
  const store = (asked: TrialRequests) => stored(asked, prepare, { ...file, lead_in });
  if (!givesLengths(workload)) {
    const pool = promptsOf(trial.workload, workload.categories, prompts);
    return { ...await store(trialRequests(trial, pool, arrivals)), template_tokens: null };
  }
  const writer = await writerOf(trial, warm, context);
  const template_tokens = await writer.overhead(api);
  return { ...await store(lengthRequests(trial, workload, writer, arrivals)), template_tokens };
}

const REQUESTS_A_TURN = 1000;

async function stored(
  asked: TrialRequests,
  prepare: (request: WorkloadRequest) => PreparedRequest,
  { path, nameless, lead_in }: { path: string; nameless: boolean; lead_in: LeadIn },
): Promise<Omit<PreparedRequests, "template_tokens">> {
  await using stack = new AsyncDisposableStack();
  const stores = {
    warmup: stack.use(new RequestStore(`${path}.warmup`, { nameless })),
    measured: stack.use(new RequestStore(`${path}.measured`, { nameless })),
  };
  const phase = async (name: keyof TrialRequests) => {
    let count = 0;
    for await (const request of asked[name]) {
      const early = name === "warmup" && count < lead_in.from;
      stores[early ? "warmup" : "measured"].add(prepare(request));
      // An interrupt must come through.
      if (++count % REQUESTS_A_TURN === 0) await new Promise<void>((done) => setImmediate(done));
    }
  };
  await phase("warmup");
  await phase("measured");
  const requests = { warmup: stores.warmup.finish(), measured: stores.measured.finish() };
  const kept = stack.move();
  return { requests, lead_in, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The launch's writer: its counter and words are found once. */
async function writerOf(
  trial: PlannedTrial,
  warm: Asked,
  { config, signal }: RequestContext,
): Promise<PromptWriter> {
  if (warm.writer !== undefined) return warm.writer;
  const entry = config.engines[trial.entry]!;
  const engine = engineOf(entry.kind);
  const { baseUrl, model } = warm.server;
  const counter = await counterFrom(engine.tokenizer(entry, config), {
    baseUrl,
    model,
    headers: engine.headers(entry),
    ca: engine.ca?.(entry),
    signal: AbortSignal.any([signal, warm.died]),
  });
  return warm.writer = await PromptWriter.using(counter);
}

/** Both phases' requests of a trial, written and serialised before anything is opened or timed. */
import type { Arrival } from "@/config/arrivals/arrival.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { apiOf, givesLengths, kindOf, reusesPrefixes } from "@/config/workload_schema.ts";
import type { ChatRequest } from "@/engines/engine.ts";
import { engineOf } from "@/engines/kinds.ts";
import { counterFrom } from "@/engines/tokenizer/entry_counter.ts";
import type { PreparedRequest } from "@/load/exchange.ts";
import { encodeJson } from "@/load/http_socket.ts";
import { lengthRequests } from "@/load/length_requests.ts";
import { PromptWriter } from "@/load/prompt_writer.ts";
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
  arrivals: readonly Arrival[];
  signal: AbortSignal;
}

export interface PreparedRequests {
  requests: Record<RequestRecord["phase"], PreparedRequest[]>;
  /** Tokens around every prompt's own text; null where no lengths were asked for. */
  template_tokens: number | null;
}

/** Throws an Error where the prompts cannot be given the lengths that are asked for, with the reason. */
export async function prepareRequests(
  trial: PlannedTrial,
  warm: WarmServer,
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
  const prepared = ({ warmup, measured }: TrialRequests) => ({
    warmup: warmup.map(prepare),
    measured: measured.map(prepare),
  });
  if (!givesLengths(workload)) {
    const pool = promptsOf(trial.workload, workload.categories, prompts);
    return { requests: prepared(trialRequests(trial, pool, arrivals)), template_tokens: null };
  }
  const writer = await writerOf(trial, warm, context);
  return {
    requests: prepared(await lengthRequests(trial, workload, writer, arrivals)),
    template_tokens: await writer.overhead(api),
  };
}

/** The launch's writer: its counter and words are found once. */
async function writerOf(
  trial: PlannedTrial,
  warm: WarmServer,
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

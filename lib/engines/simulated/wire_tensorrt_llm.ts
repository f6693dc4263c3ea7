/**
 * TensorRT-LLM's wire format, after source text near 1.2.1 (its release could not be read): a new id
 * for each chunk, usage on every chunk unless told otherwise.
 */
import type { ServedModel } from "./generation_request.ts";
import { tensorrtRefusal } from "./refusals.ts";
import {
  type Answer,
  type AnswerFrames,
  DONE_FRAME,
  type FinishReason,
  frame,
  type ServerCounters,
  timeSeries,
  type TokenOut,
  type Wire,
} from "./wire.ts";

export const wireTensorrtLlm: Wire = {
  name: "tensorrt-llm",
  rules: {
    checksModel: false,
    refusesUnknownFields: true,
    refusesStreamOptionsAlone: true,
    completionsMaxTokens: null,
    includeUsageDefault: true,
    continuousUsageDefault: true,
  },
  headAtOnce: true,
  emptyPaths: ["/health", "/health_generate"],
  versionPath: "/version",
  metricsPaths: ["/metrics", "/prometheus/metrics"],
  frames,
  whole,
  refusal: tensorrtRefusal,
  models,
  metrics,
};

function frames(answer: Answer): AnswerFrames {
  const isChat = answer.endpoint === "chat";
  let first = true;
  return {
    token(token) {
      const role = isChat && first ? [roleFrame(answer)] : [];
      first = false;
      return [...role, isChat ? chatFrame(answer, token) : completionFrame(answer, token)];
    },
    end: (outputTokens) => {
      if (!answer.includeUsage) return [DONE_FRAME];
      const usage = usageOf(answer, outputTokens);
      return [frame({ ...headOf(answer), choices: [], usage }), DONE_FRAME];
    },
    failure: () => null,
  };
}

/** The one frame that has a space before its line ends. */
function roleFrame(answer: Answer): string {
  const choices = [{ index: 0, delta: { role: "assistant" } }];
  const chunk = { ...headOf(answer), choices, ...continuousUsage(answer, 0) };
  return `data: ${JSON.stringify(chunk)} \n\n`;
}

/** Chat chunks leave nulls out. */
function chatFrame(answer: Answer, { text, outputTokens, finish }: TokenOut): string {
  const ending = finish === null ? {} : { finish_reason: finish };
  const choice = { index: 0, delta: { content: text, reasoning_content: "" }, ...ending };
  const usage = continuousUsage(answer, outputTokens);
  return frame({ ...headOf(answer), choices: [choice], ...usage });
}

/** Chunks of completions keep nulls. */
function completionFrame(answer: Answer, { text, outputTokens, finish }: TokenOut): string {
  const choice = {
    index: 0,
    text,
    token_ids: null,
    logprobs: null,
    finish_reason: finish,
    stop_reason: null,
    avg_decoded_tokens_per_iter: null,
  };
  const usage = answer.continuousUsage ? usageOf(answer, outputTokens) : null;
  return frame({ ...headOf(answer), choices: [choice], usage });
}

function headOf(answer: Answer) {
  const isChat = answer.endpoint === "chat";
  return {
    id: `${isChat ? "chatcmpl" : "cmpl"}-${answer.newId()}`,
    object: isChat ? "chat.completion.chunk" : "text_completion",
    created: answer.nowS(),
    model: answer.model,
  };
}

function usageOf(answer: Answer, outputTokens: number) {
  return {
    prompt_tokens: answer.promptTokens,
    total_tokens: answer.promptTokens + outputTokens,
    completion_tokens: outputTokens,
    prompt_tokens_details: { cached_tokens: 0 },
  };
}

function continuousUsage(answer: Answer, outputTokens: number) {
  return answer.continuousUsage ? { usage: usageOf(answer, outputTokens) } : {};
}

function whole(answer: Answer, text: string, outputTokens: number, finish: FinishReason) {
  const isChat = answer.endpoint === "chat";
  const content = isChat ? { message: { role: "assistant", content: text } } : { text };
  return {
    ...headOf(answer),
    object: isChat ? "chat.completion" : "text_completion",
    choices: [{ index: 0, ...content, logprobs: null, finish_reason: finish, stop_reason: null }],
    ...(answer.includeUsage ? { usage: usageOf(answer, outputTokens) } : {}),
  };
}

function models(served: ServedModel, startedS: number) {
  const model = { id: served.name, object: "model", created: startedS, owned_by: "simulated" };
  return { object: "list", data: [model] };
}

/** 1.2.1 itself tells no more than KV use; the counts of requests are those of later versions. */
const TIMES = {
  ttft: "trtllm_time_to_first_token_seconds",
  e2e: "trtllm_e2e_request_latency_seconds",
  tpot: "trtllm_time_per_output_token_seconds",
};

function metrics({ load, streamed, finished }: ServerCounters, model: string) {
  const labels = (more = "") => `{engine_type="undefined",${more}model_name="${model}"}`;
  return {
    [`trtllm_num_requests_running${labels()}`]: load.running,
    [`trtllm_num_requests_waiting${labels()}`]: load.waiting,
    [`trtllm_kv_cache_utilization${labels()}`]: load.kvUsedTokens / load.kvCapacityTokens,
    [`trtllm_request_success_total${labels('finished_reason="stop",')}`]: finished.stop,
    [`trtllm_request_success_total${labels('finished_reason="length",')}`]: finished.length,
    ...timeSeries(streamed, TIMES, labels()),
  };
}

/** vLLM's wire format: chunks as in 0.32.0 and 0.33.0. */
import type { ServedModel } from "./generation_request.ts";
import { vllmError, vllmRefusal } from "./refusals.ts";
import {
  type Answer,
  type AnswerFrames,
  DONE_FRAME,
  type FinishReason,
  frame,
  type ServerCounters,
  spacedJson,
  timeSeries,
  type TokenOut,
  type Wire,
} from "./wire.ts";

const FINGERPRINT = "vllm-simulated";

export const wireVllm: Wire = {
  name: "vllm",
  rules: {
    checksModel: true,
    refusesUnknownFields: false,
    refusesStreamOptionsAlone: true,
    completionsMaxTokens: 16,
    includeUsageDefault: false,
    continuousUsageDefault: false,
  },
  headAtOnce: true,
  emptyPaths: ["/health", "/ping"],
  versionPath: "/version",
  metricsPaths: ["/metrics"],
  frames,
  whole,
  refusal: vllmRefusal,
  models,
  metrics,
};

function frames(answer: Answer): AnswerFrames {
  const head = headOf(answer, answer.endpoint === "chat" ? "chat.completion.chunk" : undefined);
  let first = true;
  return {
    token(token) {
      const role = answer.endpoint === "chat" && first ? [frame(roleChunk(answer, head))] : [];
      first = false;
      const fingerprint = token.finish && !answer.includeUsage
        ? { system_fingerprint: FINGERPRINT }
        : {};
      const choices = [choice(answer, token)];
      const usage = continuousUsage(answer, token.outputTokens);
      return [...role, frame({ ...head, choices, ...usage, ...fingerprint })];
    },
    end: (outputTokens) => {
      const usage = usageOf(answer, outputTokens);
      const last = { ...head, choices: [], usage, system_fingerprint: FINGERPRINT };
      return answer.includeUsage ? [frame(last), DONE_FRAME] : [DONE_FRAME];
    },
    failure: (
      message,
    ) => [`data: ${spacedJson(vllmError(500, message, "InternalServerError"))}\n\n`, DONE_FRAME],
  };
}

function headOf(answer: Answer, object = "text_completion") {
  const prefix = answer.endpoint === "chat" ? "chatcmpl" : "cmpl";
  const id = `${prefix}-${answer.newId().slice(0, 16)}`;
  return { id, object, created: answer.nowS(), model: answer.model };
}

function roleChunk(answer: Answer, head: object) {
  const delta = { role: "assistant", content: "" };
  return {
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null }],
    ...continuousUsage(answer, 0),
    prompt_token_ids: null,
    prompt_text: null,
  };
}

function choice(answer: Answer, { text, finish }: TokenOut) {
  const ending = { logprobs: null, finish_reason: finish };
  if (answer.endpoint === "chat") {
    const stop = finish === null ? {} : { stop_reason: null };
    return { index: 0, delta: { content: text }, ...ending, ...stop, token_ids: null };
  }
  return { index: 0, text, ...ending, stop_reason: null, prompt_token_ids: null, token_ids: null };
}

function usageOf(answer: Answer, outputTokens: number) {
  return {
    prompt_tokens: answer.promptTokens,
    total_tokens: answer.promptTokens + outputTokens,
    completion_tokens: outputTokens,
  };
}

function continuousUsage(answer: Answer, outputTokens: number) {
  if (!answer.continuousUsage) return {};
  return { usage: { ...usageOf(answer, outputTokens), completion_tokens_details: null } };
}

function whole(answer: Answer, text: string, outputTokens: number, finish: FinishReason) {
  const isChat = answer.endpoint === "chat";
  const ending = { logprobs: null, finish_reason: finish, stop_reason: null, token_ids: null };
  const message = {
    role: "assistant",
    content: text,
    refusal: null,
    annotations: null,
    audio: null,
    function_call: null,
    reasoning: null,
  };
  const choices = isChat ? [{ index: 0, message, ...ending, routed_experts: null }] : [{
    index: 0,
    text,
    ...ending,
    prompt_logprobs: null,
    prompt_token_ids: null,
    routed_experts: null,
  }];
  const usage = {
    ...usageOf(answer, outputTokens),
    prompt_tokens_details: null,
    completion_tokens_details: null,
  };
  return {
    ...headOf(answer, isChat ? "chat.completion" : undefined),
    choices,
    service_tier: null,
    system_fingerprint: FINGERPRINT,
    ...(answer.includeUsage ? { usage } : {}),
    ...(isChat ? { prompt_logprobs: null, prompt_token_ids: null, prompt_text: null } : {}),
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  };
}

function models(served: ServedModel, startedS: number) {
  const permission = {
    id: "modelperm-simulated",
    object: "model_permission",
    created: startedS,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: "*",
    group: null,
    is_blocking: false,
  };
  const model = {
    id: served.name,
    object: "model",
    created: startedS,
    owned_by: "simulated",
    root: served.name,
    parent: null,
    max_model_len: served.maxLength,
    permission: [permission],
  };
  return { object: "list", data: [model] };
}

const TIMES = {
  ttft: "vllm:time_to_first_token_seconds",
  e2e: "vllm:e2e_request_latency_seconds",
  tpot: "vllm:request_time_per_output_token_seconds",
};

function metrics({ load, streamed, whole, finished }: ServerCounters, model: string) {
  const labels = (more = "") => `{engine="0",${more}model_name="${model}"}`;
  return {
    [`vllm:num_requests_running${labels()}`]: load.running,
    [`vllm:num_requests_waiting${labels()}`]: load.waiting,
    [`vllm:kv_cache_usage_perc${labels()}`]: load.kvUsedTokens / load.kvCapacityTokens,
    [`vllm:prompt_tokens_total${labels()}`]: streamed.promptTokens + whole.promptTokens,
    [`vllm:generation_tokens_total${labels()}`]: streamed.outputTokens + whole.outputTokens,
    [`vllm:request_success_total${labels('finished_reason="stop",')}`]: finished.stop,
    [`vllm:request_success_total${labels('finished_reason="length",')}`]: finished.length,
    ...timeSeries(streamed, TIMES, labels()),
  };
}

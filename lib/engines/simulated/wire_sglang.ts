/** SGLang's wire format: chunks as in 0.5.23. */
import type { ServedModel } from "./generation_request.ts";
import { plainError, sglangRefusal } from "./refusals.ts";
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

export const wireSglang: Wire = {
  name: "sglang",
  rules: {
    checksModel: false,
    refusesUnknownFields: false,
    refusesStreamOptionsAlone: false,
    completionsMaxTokens: 16,
    includeUsageDefault: false,
    continuousUsageDefault: false,
  },
  headAtOnce: false,
  emptyPaths: ["/health", "/health_generate", "/ready", "/ping"],
  versionPath: null,
  metricsPaths: ["/metrics", "/metrics/"],
  frames,
  whole,
  refusal: sglangRefusal,
  models,
  metrics,
};

function frames(answer: Answer): AnswerFrames {
  const object = answer.endpoint === "chat" ? "chat.completion.chunk" : "text_completion";
  const head = { id: answer.newId(), object, created: answer.nowS(), model: answer.model };
  const chunk = answer.endpoint === "chat"
    ? chatChunks(answer, head)
    : completionChunk(answer, head);
  const usage = (outputTokens: number) =>
    answer.includeUsage
      ? [frame({ ...head, choices: [], usage: streamedUsage(answer, outputTokens) })]
      : [];
  return {
    token: chunk,
    end: (outputTokens) => [...usage(outputTokens), DONE_FRAME],
    failure: (message, outputTokens) => {
      const error = plainError(500, message, "INTERNAL_SERVER_ERROR");
      return [`data: ${spacedJson({ error })}\n\n`, ...usage(outputTokens), DONE_FRAME];
    },
  };
}

/** Role first, empty text never sent, the finish reason in a chunk of its own. */
function chatChunks(answer: Answer, head: object) {
  const chunk = (delta: object, finish: FinishReason | null, usage: object = {}) =>
    frame({
      ...head,
      choices: [{
        index: 0,
        delta: { reasoning_content: null, ...delta },
        logprobs: null,
        finish_reason: finish,
        matched_stop: matchedStop(finish),
      }],
      ...usage,
    });
  let first = true;
  return ({ text, outputTokens, finish }: TokenOut): string[] => {
    const role = first ? [chunk({ role: "assistant", content: "" }, null)] : [];
    first = false;
    const usage = answer.continuousUsage ? { usage: usageOf(answer, outputTokens) } : {};
    const content = text === "" ? [] : [chunk({ content: text }, null, usage)];
    return [...role, ...content, ...(finish === null ? [] : [chunk({}, finish)])];
  };
}

/** A chunk for each token, empty or not, the finish reason on the last. */
function completionChunk(answer: Answer, head: object) {
  return ({ text, outputTokens, finish }: TokenOut): string[] => {
    const matched_stop = matchedStop(finish);
    const choice = { index: 0, text, logprobs: null, finish_reason: finish, matched_stop };
    const usage = answer.continuousUsage ? streamedUsage(answer, outputTokens) : null;
    return [frame({ ...head, choices: [choice], usage })];
  };
}

/** The id of the end-of-text token when the model stopped by itself. */
function matchedStop(finish: FinishReason | null): number | null {
  return finish === "stop" ? 2 : null;
}

function streamedUsage(answer: Answer, outputTokens: number) {
  const { completion_tokens_details, ...rest } = usageOf(answer, outputTokens);
  return answer.endpoint === "chat" ? { ...rest, completion_tokens_details } : rest;
}

function usageOf(answer: Answer, outputTokens: number) {
  return {
    prompt_tokens: answer.promptTokens,
    total_tokens: answer.promptTokens + outputTokens,
    completion_tokens: outputTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    reasoning_tokens: 0,
    completion_tokens_details: null,
  };
}

function whole(answer: Answer, text: string, outputTokens: number, finish: FinishReason) {
  const isChat = answer.endpoint === "chat";
  const content = isChat
    ? { message: { role: "assistant", content: text, reasoning_content: null } }
    : { text };
  const ending = { logprobs: null, finish_reason: finish, matched_stop: matchedStop(finish) };
  return {
    id: answer.newId(),
    object: isChat ? "chat.completion" : "text_completion",
    created: answer.nowS(),
    model: answer.model,
    choices: [{ index: 0, ...content, ...ending }],
    ...(answer.includeUsage ? { usage: usageOf(answer, outputTokens) } : {}),
    metadata: {
      weight_version: "simulated",
      weight_versions: [{ version: "simulated", start: 0, end: outputTokens }],
    },
  };
}

function models(served: ServedModel, startedS: number) {
  const model = {
    id: served.name,
    object: "model",
    created: startedS,
    owned_by: "simulated",
    root: served.name,
    parent: null,
    max_model_len: served.maxLength,
  };
  return { object: "list", data: [model] };
}

const TIMES = {
  ttft: "sglang:time_to_first_token_seconds",
  e2e: "sglang:e2e_request_latency_seconds",
  tpot: "sglang:request_time_per_output_token_seconds",
};

function metrics({ load, streamed, whole }: ServerCounters, model: string) {
  const gauge =
    `{engine_type="unified",model_name="${model}",moe_ep_rank="0",pp_rank="0",tp_rank="0"}`;
  const series: Record<string, number> = {
    [`sglang:num_running_reqs${gauge}`]: load.running,
    [`sglang:num_queue_reqs${gauge}`]: load.waiting,
    [`sglang:num_used_tokens${gauge}`]: load.kvUsedTokens,
    [`sglang:token_usage${gauge}`]: load.kvUsedTokens / load.kvCapacityTokens,
    [`sglang:max_total_num_tokens${gauge}`]: load.kvCapacityTokens,
  };
  for (const [streaming, totals] of [["false", whole], ["true", streamed]] as const) {
    const labels = `{engine_type="unified",is_streaming="${streaming}",model_name="${model}"}`;
    series[`sglang:prompt_tokens_total${labels}`] = totals.promptTokens;
    series[`sglang:generation_tokens_total${labels}`] = totals.outputTokens;
    series[`sglang:num_requests_total${labels}`] = totals.requests;
    Object.assign(series, timeSeries(totals, TIMES, labels));
  }
  return series;
}

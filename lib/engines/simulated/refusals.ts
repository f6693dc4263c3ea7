/** How each engine words a refusal, as its captured answers do. */
import type { Refusal, ServedModel } from "./generation_request.ts";
import type { HttpAnswer } from "./wire.ts";

type Worded = Exclude<Refusal, { reason: "server_error" }>;
type TooLong = Extract<Refusal, { reason: "too_long" }>;

/** vLLM: an `error` object; 404 for an unknown model. */
export function vllmRefusal(refusal: Refusal, served: ServedModel): HttpAnswer {
  if (refusal.reason === "server_error") {
    return { status: 500, body: vllmError(500, refusal.message, "InternalServerError") };
  }
  const [message, param] = vllmWords(refusal, served);
  if (refusal.reason === "unknown_model") {
    return { status: 404, body: vllmError(404, message, "NotFoundError", param) };
  }
  const type = isValidation(refusal) ? "Bad Request" : "BadRequestError";
  return { status: 400, body: vllmError(400, message, type, param) };
}

export function vllmError(
  code: number,
  message: string,
  type: string,
  param: string | null = null,
) {
  return { error: { message, type, param, code } };
}

function vllmWords(refusal: Worded, served: ServedModel): [message: string, param: string] {
  switch (refusal.reason) {
    case "bad_json":
    case "bad_field":
    case "unknown_field": {
      const param = ["body", ...path(refusal)].join(".");
      return [`1 validation error:\n  {${facts(refusal, `'${param}'`)}}`, param];
    }
    case "unknown_model":
      return [
        `The model \`${refusal.model}\` does not exist. Valid aliases: ${served.name}.`,
        "model",
      ];
    case "empty_prompt":
      return parameter(
        "Either prompt or prompt_embeds must be provided and non-empty.",
        refusal.field,
      );
    case "max_tokens_below_one":
      return parameter(
        `max_tokens must be at least 1, got ${refusal.value}.`,
        "max_tokens",
        refusal.value,
      );
    case "stream_options_alone":
      return parameter(
        "Stream options can only be defined when `stream=True`.",
        "stream_options",
      );
    case "too_long":
      return vllmTooLong(refusal);
  }
}

function parameter(text: string, name: string, value?: number): [string, string] {
  const shown = value === undefined ? "" : `, value=${value}`;
  return [`${text} (parameter=${name}${shown})`, name];
}

function vllmTooLong({ promptTokens, maxTokens, limit }: TooLong): [string, string] {
  if (maxTokens !== null && maxTokens > limit) {
    return parameter(
      `max_tokens=${maxTokens} cannot be greater than max_model_len=${limit}. Please request fewer output tokens.`,
      "max_tokens",
      maxTokens,
    );
  }
  const known = `This model's maximum context length is ${limit} tokens. However, `;
  return parameter(
    promptTokens >= limit
      ? `${known}your prompt contains ${promptTokens} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt.`
      : `${known}you requested ${maxTokens} output tokens and your prompt contains ${promptTokens} input tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
    "input_tokens",
    promptTokens,
  );
}

/** SGLang: the error's fields at top level; never a 404, as any model name is taken. */
export function sglangRefusal(refusal: Refusal, _served: ServedModel): HttpAnswer {
  if (refusal.reason === "server_error") {
    return { status: 500, body: plainError(500, refusal.message, "InternalServerError") };
  }
  const type = isValidation(refusal) ? "Bad Request" : "BadRequestError";
  return { status: 400, body: plainError(400, sglangWords(refusal), type) };
}

export function plainError(code: number, message: string, type: string) {
  return { object: "error", message, type, param: null, code };
}

function sglangWords(refusal: Worded): string {
  switch (refusal.reason) {
    case "bad_json":
    case "bad_field":
    case "unknown_field":
      return `1 validation error:\n  {${facts(refusal, pythonTuple(["body", ...path(refusal)]))}}`;
    case "unknown_model":
      return `The model ${refusal.model} does not exist.`;
    case "empty_prompt":
      return refusal.field === "messages" ? "Messages cannot be empty." : "Prompt cannot be empty.";
    case "max_tokens_below_one":
      return `max_new_tokens must be at least 1, got ${refusal.value}.`;
    case "stream_options_alone":
      return "Stream options need a streamed request.";
    case "too_long":
      return sglangTooLong(refusal);
  }
}

function sglangTooLong({ promptTokens, maxTokens, limit }: TooLong): string {
  if (promptTokens >= limit) {
    return `The input (${promptTokens} tokens) is longer than the model's context length (${limit} tokens).`;
  }
  const total = promptTokens + (maxTokens ?? 1);
  return `Requested token count exceeds the model's maximum context length of ${limit} tokens. ` +
    `You requested a total of ${total} tokens: ${promptTokens} tokens from the input messages and ` +
    `${maxTokens} tokens for the completion. Please reduce the number of tokens in the input ` +
    "messages or the completion to fit within the limit.";
}

/** TensorRT-LLM: a bare `error` text when the form is wrong, else SGLang's shape. */
export function tensorrtRefusal(refusal: Refusal, served: ServedModel): HttpAnswer {
  if (isValidation(refusal)) return { status: 400, body: { error: sglangWords(refusal) } };
  if (refusal.reason !== "too_long") return sglangRefusal(refusal, served);
  const { promptTokens, maxTokens, limit } = refusal;
  const message =
    `The prompt length (${promptTokens}) plus the output length (${maxTokens ?? 1}) ` +
    `should not exceed max_seq_len (${limit})`;
  return { status: 400, body: plainError(400, message, "BadRequestError") };
}

type Validation = Extract<Refusal, { reason: "bad_json" | "bad_field" | "unknown_field" }>;

/** Refused by the form of the request, before the engine itself looks at it. */
function isValidation(refusal: Refusal): refusal is Validation {
  return ["bad_json", "bad_field", "unknown_field"].includes(refusal.reason);
}

function path(refusal: Validation): string[] {
  return refusal.reason === "bad_json" || refusal.field === "" ? [] : refusal.field.split(".");
}

/** Pydantic's account of what is wrong, in Python's notation. */
function facts(refusal: Validation, place: string): string {
  switch (refusal.reason) {
    case "bad_json":
      return `'type': 'json_invalid', 'loc': ${place}, 'msg': 'JSON decode error', 'ctx': {'error': '${refusal.message}'}`;
    case "bad_field":
      return `'type': 'value_error', 'loc': ${place}, 'msg': '${refusal.message}'`;
    case "unknown_field":
      return `'type': 'extra_forbidden', 'loc': ${place}, 'msg': 'Extra inputs are not permitted'`;
  }
}

function pythonTuple(items: string[]): string {
  return items.length === 1 ? `('${items[0]}',)` : `(${items.map((i) => `'${i}'`).join(", ")})`;
}

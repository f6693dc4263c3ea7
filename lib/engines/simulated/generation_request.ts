/** Reads the body of a generation request, or says why it is refused. */
import { z } from "zod";
import { countChatTokens, countPromptTokens } from "./tokens.ts";

export type Endpoint = "chat" | "completions";

export interface GenerationRequest {
  endpoint: Endpoint;
  model: string;
  /** All that the answer depends on. */
  prompt: string;
  promptTokens: number;
  maxTokens: number;
  minTokens: number;
  ignoreEos: boolean;
  stream: boolean;
  includeUsage: boolean;
  /** Usage on the chunks before the last one too. */
  continuousUsage: boolean;
}

/** Why a request is refused; each wire format has its own words for it. */
export type Refusal =
  | { reason: "bad_json"; message: string }
  | { reason: "bad_field"; field: string; message: string }
  | { reason: "unknown_field"; field: string }
  | { reason: "unknown_model"; model: string }
  | { reason: "empty_prompt"; field: "messages" | "prompt" }
  | { reason: "max_tokens_below_one"; value: number }
  | { reason: "stream_options_alone" }
  | { reason: "too_long"; promptTokens: number; maxTokens: number | null; limit: number }
  | { reason: "server_error"; message: string };

/** Where the engines differ in what they accept and assume. */
export interface RequestRules {
  checksModel: boolean;
  refusesUnknownFields: boolean;
  refusesStreamOptionsAlone: boolean;
  /** Of completions; null is "to the length limit", as in chats. */
  completionsMaxTokens: number | null;
  includeUsageDefault: boolean;
  continuousUsageDefault: boolean;
}

export interface ServedModel {
  name: string;
  /** Room for prompt and answer together. */
  maxLength: number;
}

const flag = z.boolean().nullish();
const message = z.looseObject({
  role: z.string(),
  content: z.union([
    z.string(),
    z.array(z.looseObject({ text: z.string() })).transform((parts) =>
      parts.map((part) => part.text).join("")
    ),
  ]),
});
const common = {
  model: z.string(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  min_tokens: z.int().nullish(),
  ignore_eos: flag,
  stream: flag,
  stream_options: z.looseObject({ include_usage: flag, continuous_usage_stats: flag }).nullish(),
  n: z.literal(1, "the simulated engine gives one answer a request").nullish(),
};
const FORMS = {
  chat: z.looseObject({ ...common, messages: z.array(message) }),
  completions: z.looseObject({ ...common, prompt: z.union([z.string(), z.array(z.int())]) }),
};
/** Taken without effect: the simulated engine has no sampling and no stop strings. */
const WITHOUT_EFFECT = ["temperature", "top_p", "top_k", "seed", "stop", "user", "logprobs"];
const MAX_TOKENS_NAMES = ["max_tokens", "max_completion_tokens"];

type Body = z.infer<typeof FORMS["chat"]> | z.infer<typeof FORMS["completions"]>;

/** The request, or the refusal that the engine would answer with. */
export function readGenerationRequest(
  text: string,
  endpoint: Endpoint,
  rules: RequestRules,
  served: ServedModel,
): GenerationRequest | Refusal {
  const body = parseBody(text, endpoint);
  if ("reason" in body) return body as Refusal;
  return fieldRefusal(body, endpoint, rules, served) ?? toRequest(body, endpoint, rules, served);
}

function parseBody(text: string, endpoint: Endpoint): Body | Refusal {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { reason: "bad_json", message: (error as Error).message };
  }
  const form = FORMS[endpoint].safeParse(json);
  if (form.success) return form.data;
  const issue = form.error.issues[0]!;
  return { reason: "bad_field", field: issue.path.join("."), message: issue.message };
}

function fieldRefusal(
  body: Body,
  endpoint: Endpoint,
  rules: RequestRules,
  served: ServedModel,
): Refusal | null {
  const unknown = rules.refusesUnknownFields ? unknownField(body, endpoint) : undefined;
  if (unknown !== undefined) return { reason: "unknown_field", field: unknown };
  if (rules.checksModel && body.model !== served.name) {
    return { reason: "unknown_model", model: body.model };
  }
  if (rules.refusesStreamOptionsAlone && body.stream_options && !body.stream) {
    return { reason: "stream_options_alone" };
  }
  const prompt = promptOf(body);
  if (prompt.empty) return { reason: "empty_prompt", field: prompt.field };
  const maxTokens = askedMaxTokens(body);
  if (maxTokens !== null && maxTokens < 1) {
    return { reason: "max_tokens_below_one", value: maxTokens };
  }
  const limit = served.maxLength;
  return prompt.tokens + (maxTokens ?? 1) > limit
    ? { reason: "too_long", promptTokens: prompt.tokens, maxTokens, limit }
    : null;
}

function toRequest(
  body: Body,
  endpoint: Endpoint,
  rules: RequestRules,
  served: ServedModel,
): GenerationRequest {
  const { text, tokens } = promptOf(body);
  const room = served.maxLength - tokens;
  const byDefault = endpoint === "completions" ? rules.completionsMaxTokens ?? room : room;
  const options = body.stream_options;
  const includeUsage = Boolean(options && (options.include_usage ?? rules.includeUsageDefault));
  return {
    endpoint,
    model: body.model,
    prompt: text,
    promptTokens: tokens,
    maxTokens: Math.min(askedMaxTokens(body) ?? byDefault, room),
    minTokens: body.min_tokens ?? 0,
    ignoreEos: body.ignore_eos ?? false,
    stream: body.stream ?? false,
    includeUsage,
    continuousUsage: includeUsage &&
      (options?.continuous_usage_stats ?? rules.continuousUsageDefault),
  };
}

/** When both names are given, the newer one counts. */
function askedMaxTokens(body: Body): number | null {
  return body.max_completion_tokens ?? body.max_tokens ?? null;
}

function unknownField(body: Body, endpoint: Endpoint): string | undefined {
  const known = [...Object.keys(FORMS[endpoint].shape), ...WITHOUT_EFFECT];
  const fields = Object.keys(body);
  // Two names of one field: an engine that refuses what it does not know takes only one of them.
  const second = MAX_TOKENS_NAMES.every((name) => fields.includes(name)) ? "max_tokens" : undefined;
  return fields.find((field) => !known.includes(field)) ?? second;
}

function promptOf(body: Body) {
  if ("messages" in body && Array.isArray(body.messages)) {
    const { messages } = body as z.infer<typeof FORMS["chat"]>;
    const text = JSON.stringify(messages.map(({ role, content }) => [role, content]));
    const tokens = countChatTokens(messages);
    return { field: "messages" as const, text, tokens, empty: messages.length === 0 };
  }
  const { prompt } = body as z.infer<typeof FORMS["completions"]>;
  const tokens = typeof prompt === "string" ? countPromptTokens(prompt) : prompt.length;
  return { field: "prompt" as const, text: String(prompt), tokens, empty: prompt.length === 0 };
}

/** Token counts from the server itself: its tokenize endpoint, or its usage where it lacks that. */
import { ask } from "../ask.ts";
import type { Message } from "../engine.ts";
import { completionPrompt, type TokenCounter } from "./token_counter.ts";

export interface CountingServer {
  /** Root of the API; the tokenize endpoints lie beside it. */
  baseUrl: string;
  model: string;
  headers: Record<string, string>;
  ca?: string | undefined;
  signal: AbortSignal;
}

type Post = (path: string, body: unknown) => Promise<Record<string, unknown> | null>;

/** How a server is asked; null where it does not know the question. */
interface Way {
  name: string;
  text(prompt: string): Promise<number | null>;
  chat(messages: readonly Message[]): Promise<number | null>;
}

/**
 * A counter that asks the server. Where it counts text but no chats, what the chat template adds is
 * taken from the usage of two requests of different lengths, which have to agree. Throws an Error
 * with what to do where it does not count at all.
 */
export async function serverCounter(server: CountingServer): Promise<TokenCounter> {
  const post = poster(server);
  const seen: string[] = [];
  for (const way of [vllmWay(post, server.model), llamaCppWay(post)]) {
    if (await way.text("the") === null) {
      seen.push(way.name);
      continue;
    }
    const text = async (prompt: string) => counted(await way.text(prompt), way);
    const chat = await way.chat([{ role: "user", content: "the" }]) === null
      ? await calibratedChat(text, server, post)
      : async (messages: readonly Message[]) => counted(await way.chat(messages), way);
    return {
      about: `${way.name} of the server`,
      count: (messages, api) =>
        api === "completions" ? text(completionPrompt(messages)) : chat(messages),
    };
  }
  throw new Error(
    `${server.baseUrl} counts no tokens (tried ${seen.join(", ")}); set \`tokenizer\` of this ` +
      "entry to a folder with the model's tokenizer.json and tokenizer_config.json",
  );
}

function counted(tokens: number | null, { name }: Way): number {
  if (tokens !== null) return tokens;
  throw new Error(`the server's ${name} counted before and now does not`);
}

/** vLLM 0.32.0 counts both, SGLang 0.5.23 text alone. */
function vllmWay(post: Post, model: string): Way {
  const counts = async (body: unknown) => countOf(await post("/tokenize", body), "count");
  return {
    name: "/tokenize with `prompt`",
    text: (prompt) => counts({ model, prompt }),
    chat: (messages) => counts({ model, messages, add_generation_prompt: true }),
  };
}

/** llama.cpp renders a chat in one question and counts in another. */
function llamaCppWay(post: Post): Way {
  const counts = async (content: string) => {
    const body = { content, add_special: true, parse_special: true };
    return countOf(await post("/tokenize", body), "tokens");
  };
  return {
    name: "/tokenize with `content`",
    text: counts,
    async chat(messages) {
      const rendered = await post("/apply-template", { messages, add_generation_prompt: true });
      return typeof rendered?.["prompt"] === "string" ? await counts(rendered["prompt"]) : null;
    },
  };
}

function countOf(reply: Record<string, unknown> | null, key: string): number | null {
  const value = reply?.[key];
  if (Array.isArray(value)) return value.length;
  return typeof value === "number" && value > 0 ? value : null;
}

const PROBES = ["the of and", "the of and to in is that it for as with was on be at by this are"];

async function calibratedChat(
  text: (prompt: string) => Promise<number>,
  { model }: CountingServer,
  post: Post,
): Promise<(messages: readonly Message[]) => Promise<number>> {
  const added: number[] = [];
  for (const content of PROBES) {
    const messages = [{ role: "user", content }];
    const answer = await post("/v1/chat/completions", { model, messages, max_tokens: 1 });
    const usage = answer?.["usage"] as { prompt_tokens?: number } | undefined;
    if (typeof usage?.prompt_tokens !== "number") {
      throw new Error("the server tells no usage, so the chat template's tokens cannot be counted");
    }
    added.push(usage.prompt_tokens - await text(content));
  }
  const [first, second] = added;
  if (first !== second) {
    throw new Error(
      `the chat template adds ${first} tokens to one prompt and ${second} to another, so lengths ` +
        "cannot be told; set `tokenizer` to the model's folder, or use `api: completions`",
    );
  }
  return async (messages) => {
    if (messages.length !== 1) throw new Error("counted of one message only");
    return first! + await text(messages[0]!.content);
  };
}

const TIMEOUT_MS = 30_000;

/** Asks beside the API's root, or below it for paths that name it; null for anything but a JSON object. */
function poster({ baseUrl, headers, ca, signal }: CountingServer): Post {
  return async (path, body) => {
    const url = path.startsWith("/v1/")
      ? baseUrl + path.slice("/v1".length)
      : new URL(path, baseUrl).href;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const question = { headers, ca, body: JSON.stringify(body), signal: limited };
    const { status, text } = await ask(url, question);
    if (status !== 200) return null;
    try {
      const value = JSON.parse(text);
      return typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
      return null;
    }
  };
}

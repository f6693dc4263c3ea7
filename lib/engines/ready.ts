/** When a server counts as ready: it is healthy, names the model and has answered one request. */
import type { Engine } from "./engine.ts";
import type { Config, EngineEntry } from "@/config/schema.ts";

export interface ReadyQuestion {
  engine: Engine<EngineEntry>;
  entry: EngineEntry;
  config: Config;
  baseUrl: string;
  /** Give up after this many seconds. */
  timeout_s: number;
  signal: AbortSignal;
}

/** A reason not to ask again: waiting would not help. */
class NeverReady extends Error {}

/**
 * Asks until the server is ready.
 * Throws with the last thing seen after `timeout_s`, or at once when waiting cannot help.
 */
export async function waitUntilReady(question: ReadyQuestion): Promise<void> {
  const deadline = performance.now() + question.timeout_s * 1000;
  let seen = "nothing was tried";
  while (performance.now() < deadline) {
    question.signal.throwIfAborted();
    try {
      return await askOnce(question);
    } catch (error) {
      question.signal.throwIfAborted();
      if (error instanceof NeverReady) throw error;
      seen = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not ready after ${question.timeout_s} s; last seen: ${seen}`);
}

async function askOnce(question: ReadyQuestion): Promise<void> {
  const { engine, baseUrl } = question;
  if (engine.healthPath !== null) {
    const { status } = await ask(question, new URL(engine.healthPath, baseUrl).href);
    if (status !== 200) throw new Error(`${engine.healthPath} answered ${status}`);
  }
  await checkModel(question);
  await checkCompletion(question);
}

async function checkModel(question: ReadyQuestion): Promise<void> {
  const { engine, entry, config, baseUrl } = question;
  const { status, text } = await ask(question, `${baseUrl}/models`);
  if (status === 401 || status === 403) {
    throw new NeverReady(
      `${baseUrl}/models answered ${status}; is api_key_env set to the right key?`,
    );
  }
  if (status !== 200 && entry.kind === "external") return;
  if (status !== 200) throw new Error(`${baseUrl}/models answered ${status}: ${excerpt(text)}`);
  const names = [...text.matchAll(/"id"\s*:\s*"([^"]+)"/g)].map((match) => match[1]!);
  const model = engine.model(entry, config);
  if (names.length > 0 && !names.includes(model)) {
    throw new NeverReady(`the server at ${baseUrl} serves ${names.join(", ")}, not "${model}"`);
  }
}

async function checkCompletion(question: ReadyQuestion): Promise<void> {
  const { engine, entry, config, baseUrl } = question;
  const messages = [{ role: "user", content: "Say hello." }];
  const request = { messages, max_tokens: 4, temperature: 0 };
  const body = JSON.stringify(engine.body(entry, engine.model(entry, config), request));
  const { status, text } = await ask(question, `${baseUrl}/chat/completions`, body);
  if (status !== 200) throw new Error(`a first completion answered ${status}: ${excerpt(text)}`);
  if (!text.includes('"choices"') || /^data: ?\{"error"/m.test(text)) {
    throw new Error(`a first completion gave no text: ${excerpt(text)}`);
  }
}

async function ask({ engine, entry, signal }: ReadyQuestion, url: string, body?: string) {
  const response = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", ...engine.headers(entry) },
    body: body ?? null,
    signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
  });
  return { status: response.status, text: await response.text() };
}

function excerpt(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, " ");
  return line.length <= 200 ? line || "(empty)" : `${line.slice(0, 197)}...`;
}

/** When a server counts as ready: it is healthy, names the model and has answered one request. */
import { ask } from "./ask.ts";
import { connectError, isCertificateError } from "./connect_error.ts";
import type { Engine } from "./engine.ts";
import { hideKey } from "./hide_key.ts";
import { serverMessage, shortened } from "./server_message.ts";
import type { Config, EngineEntry } from "@/config/schema.ts";
import type { PortGuard } from "./port_holder.ts";

export interface ReadyQuestion {
  engine: Engine<EngineEntry>;
  entry: EngineEntry;
  config: Config;
  baseUrl: string;
  /** Give up after this many seconds. */
  timeout_s: number;
  /** Begin no further try after this many seconds; by default as long as `timeout_s`. */
  retry_s?: number;
  /** Looked at as soon as something answers: is it the server that was launched? */
  guard?: PortGuard | undefined;
  signal: AbortSignal;
}

/** A reason not to ask again: waiting would not help. The message says where, what and what to do. */
export class NeverReady extends Error {}

/**
 * Asks until the server is ready.
 * Throws with the last thing seen after `timeout_s`, or at once when waiting cannot help.
 */
export async function waitUntilReady(question: ReadyQuestion): Promise<void> {
  const started = performance.now();
  const deadline = started + question.timeout_s * 1000;
  let seen = "nothing was tried";
  const tried_s = Math.min(question.timeout_s, question.retry_s ?? Infinity);
  while (performance.now() < started + tried_s * 1000) {
    question.signal.throwIfAborted();
    try {
      return await askOnce({ ...question, deadline });
    } catch (error) {
      question.signal.throwIfAborted();
      if (error instanceof NeverReady) throw error;
      seen = connectError(error as Error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not ready after ${tried_s} s; last seen: ${seen}`);
}

/** No single answer is waited for longer than this, nor past the deadline of all asking. */
const ANSWER_TIMEOUT_MS = 60_000;

type Asking = ReadyQuestion & { deadline: number };

async function askOnce(question: Asking): Promise<void> {
  const { engine, baseUrl } = question;
  if (engine.healthPath !== null) {
    const { status } = await askServer(question, new URL(engine.healthPath, baseUrl).href);
    if (status !== 200) throw new Error(`${engine.healthPath} answered ${status}`);
  }
  await checkModel(question);
  await checkCompletion(question);
}

async function checkModel(question: Asking): Promise<void> {
  const { engine, entry, config, baseUrl } = question;
  const { status, text } = await askServer(question, `${baseUrl}/models`);
  if (status !== 200 && entry.kind === "external") return;
  if (status !== 200) {
    throw new Error(`${baseUrl}/models answered ${status}: ${serverMessage(text)}`);
  }
  const names = modelNames(text);
  const model = engine.model(entry, config);
  if (names.length > 0 && !names.includes(model)) {
    const serves = `the server at ${baseUrl} serves ${names.join(", ")}, not "${model}"`;
    throw new NeverReady(`${serves}; name one that it serves`);
  }
}

/** The names in a list of models; empty when the text is no such list. */
function modelNames(text: string): string[] {
  try {
    const { data } = JSON.parse(text) as { data: { id: string }[] };
    return data.map(({ id }) => id);
  } catch {
    return [];
  }
}

async function checkCompletion(question: Asking): Promise<void> {
  const { engine, entry, config, baseUrl } = question;
  const messages = [{ role: "user", content: "Say hello." }];
  const request = { messages, max_tokens: 4, temperature: 0 };
  const body = JSON.stringify(engine.body(entry, engine.model(entry, config), request));
  const { status, text } = await askServer(question, `${baseUrl}/chat/completions`, body);
  if (status === 400) {
    // A server that finds fault with the request will do so again.
    throw new NeverReady(`${baseUrl} answered 400 to a first completion: ${serverMessage(text)}`);
  }
  if (status !== 200) {
    throw new Error(`a first completion answered ${status}: ${serverMessage(text)}`);
  }
  if (!text.includes('"choices"') || /^data: ?\{"error"/m.test(text)) {
    throw new Error(`a first completion gave no text: ${serverMessage(text)}`);
  }
}

async function askServer(question: Asking, url: string, body?: string) {
  const { engine, entry, signal, deadline, guard } = question;
  const limit_ms = Math.max(1, Math.min(ANSWER_TIMEOUT_MS, deadline - performance.now()));
  const timeOut = AbortSignal.timeout(limit_ms);
  const headers = engine.headers(entry);
  try {
    const { status, text, location } = await ask(url, {
      headers,
      ...(body === undefined ? {} : { body }),
      ca: engine.ca?.(entry),
      signal: AbortSignal.any([signal, timeOut]),
    });
    refuseStranger(guard);
    if (status === 401 || status === 403) {
      const what = "set api_key_env to the name of the variable that holds the right key";
      throw new NeverReady(`${url} answered ${status}; ${what}`);
    }
    if (body !== undefined && status >= 300 && status < 400 && location !== null) {
      const to = shortened(hideKey(location, headers));
      throw new NeverReady(`${url} answered ${status} and points to ${to}; put that into base_url`);
    }
    return { status, text: hideKey(text, headers) };
  } catch (error) {
    if (timeOut.aborted) {
      refuseStranger(guard);
      throw new Error(`no answer from ${url} in ${Math.round(limit_ms / 100) / 10} s`);
    }
    if (!isCertificateError(error as Error)) throw error;
    throw new NeverReady(`${url}: ${connectError(error as Error)}`);
  }
}

function refuseStranger(guard: PortGuard | undefined): void {
  const stranger = guard?.look() ?? null;
  if (stranger !== null) throw new NeverReady(stranger);
}

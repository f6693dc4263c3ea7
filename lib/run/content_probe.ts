/** Asks a ready server three questions before it is measured: does it speak at all? */
import type { Config, EngineEntry } from "@/config/schema.ts";
import { engineOf } from "@/engines/kinds.ts";
import type { ServerHabits } from "@/load/connection.ts";
import type { ExchangeOptions, PreparedRequest } from "@/load/exchange.ts";
import { encodeJson } from "@/load/http_socket.ts";
import type { ContentProbe, ProbeAnswer } from "@/records/startup_record.ts";
import { askText, connectionTo, portableText } from "./ask_text.ts";
import { contentFault, contentVerdict } from "./content_verdict.ts";
import type { WarmServer } from "./warm_server.ts";

/** Facts with an obvious answer, which different servers of a model should begin alike. */
const QUESTIONS = {
  "capital": "What is the capital of France?",
  "legs": "How many legs does a spider have?",
  "sky": "What colour is the sky on a clear day?",
};
/** How many requests a probe is, for each replica. */
export const PROBE_REQUESTS = Object.keys(QUESTIONS).length;
const MAX_TOKENS = 32;
const LONGEST_TEXT = 200;
/** A first request may compile kernels; a server that needs longer does not answer. */
const ANSWER_TIMEOUT_S = 120;

/**
 * The answers of `warm`, or of each replica behind it, one after the other, greedy, up to the first
 * request that fails; null when the run was aborted meanwhile. End-of-text tokens are heeded whatever
 * the entry says.
 */
export async function probeContent(
  entryName: string,
  warm: WarmServer,
  config: Config,
  signal: AbortSignal,
): Promise<ContentProbe | null> {
  const entry = config.engines[entryName]!;
  const { baseUrl, replicas = [baseUrl], model } = warm.server;
  const options = {
    now: () => performance.now(),
    timeout_ms: Math.min(config.benchmark.request_timeout_s, ANSWER_TIMEOUT_S) * 1000,
    signal: AbortSignal.any([signal, warm.died]),
  };
  const answers: ProbeAnswer[] = [];
  for (const [i, root] of replicas.entries()) {
    const of = i === 0 ? "" : ` of replica ${i + 1}`;
    const requests = requestsFor(entry, model, of);
    const seen = await probeOne(root, entry, warm.habits, requests, options);
    answers.push(
      ...seen.map((answer) => ({
        ...answer,
        text: portableText(answer.text, entry, LONGEST_TEXT),
      })),
    );
    if (seen.at(-1)?.fault === "failed") break;
  }
  return signal.aborted ? null : { answers, verdict: contentVerdict(answers) };
}

function requestsFor(entry: EngineEntry, model: string, of: string): PreparedRequest[] {
  const engine = engineOf(entry.kind);
  return Object.entries(QUESTIONS).map(([id, content]) => {
    const messages = [{ role: "user", content }];
    const asked = { messages, max_tokens: MAX_TOKENS, temperature: 0 };
    const body = encodeJson(engine.body({ ...entry, ignore_eos: false }, model, asked));
    return { prompt_id: id + of, max_tokens: MAX_TOKENS, body };
  });
}

async function probeOne(
  baseUrl: string,
  entry: EngineEntry,
  habits: ServerHabits,
  requests: PreparedRequest[],
  options: ExchangeOptions,
): Promise<ProbeAnswer[]> {
  const connection = connectionTo(baseUrl, entry, habits);
  const answers: ProbeAnswer[] = [];
  try {
    await connection.open();
    for (const request of requests) {
      const { text, failed } = await askText(connection, request, options);
      const { prompt_id } = request;
      answers.push({ prompt_id, text, fault: failed ? "failed" : contentFault(text) });
      if (failed) break;
    }
  } catch (error) {
    const { prompt_id } = requests[answers.length]!;
    answers.push({ prompt_id, text: (error as Error).message, fault: "failed" });
  } finally {
    await connection.close();
  }
  return answers;
}

/** Asks a ready server the accuracy items before it is measured. */
import { type AccuracySet, isRight } from "@/config/accuracy_items.ts";
import type { Config } from "@/config/schema.ts";
import { engineOf } from "@/engines/kinds.ts";
import { encodeJson } from "@/load/http_socket.ts";
import type { AccuracyAnswer, AccuracyRecord } from "@/records/accuracy_record.ts";
import { askText, connectionTo, portableText } from "./ask_text.ts";
import type { WarmServer } from "./warm_server.ts";

/** The examples show answers of one to three words. */
const MAX_TOKENS = 12;
const USERS = 8;
const LONGEST_TEXT = 60;
const ANSWER_TIMEOUT_S = 120;

/**
 * The answers of `warm`, greedy, a few at a time; a request that fails counts as wrong. Null when the
 * run was aborted or the server died meanwhile.
 */
export async function askAccuracyItems(
  launch: Pick<AccuracyRecord, "entry" | "launch_id">,
  warm: WarmServer,
  config: Config,
  { items, sha256 }: AccuracySet,
  signal: AbortSignal,
): Promise<AccuracyRecord | null> {
  const entry = config.engines[launch.entry]!;
  const { baseUrl, model, simulated } = warm.server;
  const options = {
    now: () => performance.now(),
    timeout_ms: Math.min(config.benchmark.request_timeout_s, ANSWER_TIMEOUT_S) * 1000,
    signal: AbortSignal.any([signal, warm.died]),
  };
  const answers: AccuracyAnswer[] = [];
  const waiting = items.entries();
  const user = async () => {
    const connection = connectionTo(baseUrl, entry, warm.habits);
    try {
      await connection.open();
      for (const [i, item] of waiting) {
        const asked = { messages: item.messages, max_tokens: MAX_TOKENS, temperature: 0 };
        const heeding = { ...entry, ignore_eos: false };
        const body = encodeJson(engineOf(entry.kind).body(heeding, model, asked));
        const request = { prompt_id: item.item_id, max_tokens: MAX_TOKENS, body };
        const { text, failed } = await askText(connection, request, options);
        if (options.signal.aborted) return;
        const right = !failed && isRight(text, item);
        answers[i] = {
          item_id: item.item_id,
          right,
          text: portableText(text, entry, LONGEST_TEXT),
        };
      }
    } finally {
      await connection.close();
    }
  };
  try {
    await Promise.all(Array.from({ length: USERS }, user));
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  return options.signal.aborted ? null : { ...launch, simulated, sha256, answers };
}

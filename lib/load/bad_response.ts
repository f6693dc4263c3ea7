/** Answers that are no stream of events: what was seen instead and what to do about it. */
import { ofHtml, serverMessage, shortened } from "@/engines/server_message.ts";
import type { Arrivals } from "./arrivals.ts";
import type { AnswerHeaders } from "./http_socket.ts";

/** No answer is read beyond this; a stream of 128 k tokens takes a tenth. */
export const MOST_BYTES = 256 * 2 ** 20;

/** What an answer with a status other than 200 says. */
export function statusError(status: number, headers: AnswerHeaders, arrivals: Arrivals): string {
  const location = headers["location"];
  if (status >= 300 && status < 400 && location !== undefined) {
    const to = `it points to ${shortened(String(location))}`;
    return `HTTP ${status}: ${to}; redirects are not followed, since they would be measured too: put that address into base_url`;
  }
  const coding = codingOf(headers);
  const said = coding === null
    ? serverMessage(textOf(arrivals))
    : `(body compressed with ${coding})`;
  return `HTTP ${status}: ${said}`;
}

/** Why an answer with status 200 and without a single event is no stream; null where it may be one. */
export function notAStream(headers: AnswerHeaders, arrivals: Arrivals): string | null {
  const coding = codingOf(headers);
  if (coding !== null) {
    return `the body is compressed (content-encoding: ${coding}), which was not asked for and would delay tokens; turn compression off for it in the server or the proxy before it`;
  }
  const text = textOf(arrivals);
  if (text.trim() === "") return null;
  const page = ofHtml(text);
  if (page !== null) {
    return `${page} instead of a stream; is base_url the API's root, and is something before the server that answers for it?`;
  }
  const type = String(headers["content-type"] ?? "none");
  if (/^\s*[{[]/.test(text)) {
    return `one JSON body (content-type: ${type}) instead of a stream; the server does not stream or does not heed "stream": true: ${
      serverMessage(text)
    }`;
  }
  if (/^text\/event-stream\b/i.test(type)) return null;
  return `no event in a body of content-type ${type}; is base_url the API's root? It began: ${
    shortened(text)
  }`;
}

/** How the body is coded; null for plain bytes. */
function codingOf(headers: AnswerHeaders): string | null {
  const coding = String(headers["content-encoding"] ?? "identity").trim().toLowerCase();
  return coding === "identity" || coding === "" ? null : coding;
}

/** So much of a body is looked at. */
const LOOKED_AT = 64 * 1024;

/** The text with which an answer begins. */
function textOf({ bytes }: Arrivals): string {
  return new TextDecoder().decode(bytes.subarray(0, LOOKED_AT));
}

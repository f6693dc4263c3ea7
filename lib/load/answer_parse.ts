/** Reads a whole answer: the same as all its events read one by one, without parsing what only repeats. */
import type { Arrivals } from "./arrivals.ts";
import { FrameTemplate } from "./frame_template.ts";
import { EventReader } from "./sse.ts";
import { type Api, newStream, type ParsedStream, takeEvent } from "./stream_parse.ts";

export interface ParsedAnswer {
  /** Without the text, of which nothing is kept. */
  stream: Omit<ParsedStream, "text">;
  /** How an event began that the stream's end left without its blank line. */
  unterminated: string | null;
}

/** After so many templates in a row that no frame fitted, none is made any more. */
const MOST_MISSES = 4;

/** Gives what `parseStream` gives for the events of `arrivals`. Never throws. */
export function parseAnswer(arrivals: Arrivals, api: Api): ParsedAnswer {
  const reader = new EventReader(arrivals);
  const { bytes } = reader;
  const stream = newStream();
  let template: FrameTemplate | null = null;
  let misses = 0;
  for (;;) {
    const from = reader.boundary;
    const to = from === null || template === null ? -1 : template.end(bytes, from);
    if (to >= 0) {
      stream.kinds.push("token");
      stream.token_ms.push(reader.timeOf(to - template!.afterLine));
      reader.skipTo(to);
      misses = 0;
      continue;
    }
    const event = reader.next();
    if (event === null) break;
    const kind = takeEvent(stream, event, api);
    if (kind !== "token" || from === null || misses++ >= MOST_MISSES) continue;
    template = FrameTemplate.of(bytes.subarray(from, reader.boundary ?? from), api) ?? template;
  }
  stream.events = stream.kinds.length;
  return { stream, unterminated: reader.unterminated() };
}

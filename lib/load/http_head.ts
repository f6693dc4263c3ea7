/** The head of an HTTP/1.1 answer: its status, its headers and how long its body is. Pure. */

/** Bytes, chunks, or all that comes until the connection is closed. */
export type BodySize = number | "chunked" | "until close";

export interface AnswerHead {
  status: number;
  /** Names in lower case; a header that came twice has its values joined by `, `. */
  headers: Record<string, string>;
  body: BodySize;
}

/** The last head that was read: a server's answers mostly begin alike. */
let last: { text: string; head: AnswerHead | string } | null = null;

/** What `parseHead` gives, worked out once for heads that follow each other; not to be changed. */
export function readHead(text: string): Readonly<AnswerHead> | string {
  if (last?.text !== text) last = { text, head: parseHead(text) };
  return last.head;
}

/**
 * Reads a head with its blank line. Gives a sentence instead when it is none: strict where leniency
 * would guess where the body ends (RFC 9112, 6.3). An answer of HTTP/1.0 that does not ask to keep
 * the connection gets the header that says so in HTTP/1.1.
 */
export function parseHead(text: string): AnswerHead | string {
  const [first, ...lines] = text.replace(/\r?\n\r?\n$/, "").split(/\r?\n/);
  const status = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/.exec(first!);
  if (status === null) {
    return `the answer does not match the HTTP/1.1 protocol: ${
      JSON.stringify(first!.slice(0, 80))
    }`;
  }
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const header = /^([\w!#$%&'*+.^`|~-]+):[\t ]*(.*?)[\t ]*$/.exec(line);
    if (header === null) {
      return `a header of the answer cannot be read: ${JSON.stringify(line.slice(0, 80))}`;
    }
    const name = header[1]!.toLowerCase();
    headers[name] = headers[name] === undefined ? header[2]! : `${headers[name]}, ${header[2]}`;
  }
  if (status[1] === "0" && headers["connection"]?.toLowerCase() !== "keep-alive") {
    headers["connection"] = "close";
  }
  const code = Number(status[2]);
  const body = bodySize(code, headers);
  return typeof body === "object" ? body.problem : { status: code, headers, body };
}

function bodySize(status: number, headers: Record<string, string>): BodySize | { problem: string } {
  const { "transfer-encoding": encoding, "content-length": length } = headers;
  if (status < 200 || status === 204 || status === 304) return 0;
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== "chunked") {
      return { problem: `the answer has the unknown transfer-encoding ${encoding}` };
    }
    return length === undefined
      ? "chunked"
      : { problem: "the answer is chunked and has a content-length, too" };
  }
  if (length === undefined) return "until close";
  // The same length may be told twice.
  const told = [...new Set(length.split(",").map((part) => part.trim()))];
  if (told.length !== 1 || !/^\d{1,15}$/.test(told[0]!)) {
    return { problem: `the answer has the content-length ${JSON.stringify(length)}` };
  }
  return Number(told[0]);
}

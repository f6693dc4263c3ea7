/** Reads the captured answers in this folder: the streams as they were before HTTP framed them. */
import { Buffer } from "node:buffer";

export interface Capture {
  name: string;
  bytes: Uint8Array;
  /** The answer's body ended as HTTP has it. */
  complete: boolean;
}

/** A capture's file as it stands, a byte a character. */
export function readCaptureFile(name: string): string {
  return Buffer.from(Deno.readFileSync(new URL(name, import.meta.url))).toString("latin1");
}

/** `.raw` files hold chunked bodies as sent, `.txt` files bodies as curl prints them. */
export function readCapture(name: string): Capture {
  const latin1 = readCaptureFile(name);
  const head = latin1.indexOf("\r\n\r\n");
  const body = head < 0 ? latin1 : latin1.slice(head + 4);
  const { text, complete } = name.endsWith(".raw") ? withoutChunks(body) : withoutCurl(body);
  return { name, bytes: Uint8Array.from(Buffer.from(text, "latin1")), complete };
}

/** Every capture in the folder. */
export function captureNames(): string[] {
  return [...Deno.readDirSync(new URL(".", import.meta.url))]
    .map(({ name }) => name)
    .filter((name) => /\.(raw|txt)$/.test(name))
    .sort();
}

function withoutChunks(body: string): { text: string; complete: boolean } {
  let text = "";
  for (let rest = body; rest !== "";) {
    const size = /^([0-9a-f]+)\r\n/.exec(rest);
    if (!size) break;
    const length = parseInt(size[1]!, 16);
    if (length === 0) return { text, complete: true };
    const from = size[0].length;
    text += rest.slice(from, from + length);
    rest = rest.slice(from + length + 2);
  }
  return { text, complete: false };
}

function withoutCurl(body: string): { text: string; complete: boolean } {
  const end = body.search(/^(###|curl:) /m);
  return {
    text: end < 0 ? body : body.slice(0, end),
    complete: /^### (curl )?exit=0$/m.test(body),
  };
}

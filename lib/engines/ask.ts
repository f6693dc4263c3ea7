/**
 * One question to a server outside of any measurement. It goes the way that the load goes: straight
 * to the server. (`fetch` would use `HTTP_PROXY` and its like, even for 127.0.0.1.)
 */
import { Client } from "undici";

export interface Question {
  headers: Record<string, string>;
  /** Sent as a POST; a GET without it. */
  body?: string;
  /** Certificates to trust besides the usual ones, PEM. */
  ca?: string | undefined;
  signal: AbortSignal;
}

export interface Reply {
  status: number;
  /** The body, at most 1 MiB of it. */
  text: string;
  /** Where a redirect points; it is not followed. */
  location: string | null;
}

const MOST_CHARACTERS = 2 ** 20;
const CONNECT_TIMEOUT_MS = 10_000;

/** Asks `url`. Rejects with the transport's error, or with the reason of `signal`. */
export async function ask(url: string, { headers, body, ca, signal }: Question): Promise<Reply> {
  const { origin, pathname, search } = new URL(url);
  const connect = { timeout: CONNECT_TIMEOUT_MS, ...(ca === undefined ? {} : { ca }) };
  const client = new Client(origin, { connect });
  try {
    const response = await client.request({
      path: pathname + search,
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json", ...headers },
      body: body ?? null,
      signal,
    });
    const location = response.headers["location"];
    const text = await beginning(response.body);
    return { status: response.statusCode, text, location: location ? String(location) : null };
  } finally {
    await client.destroy();
  }
}

async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= MOST_CHARACTERS) break;
  }
  return text.slice(0, MOST_CHARACTERS);
}

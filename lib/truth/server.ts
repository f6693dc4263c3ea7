/**
 * The known-truth server: answers `/v1/chat/completions` with streams at scripted times and writes
 * down when each token really left. Raw sockets and its own HTTP; it shares no code with the client.
 * It computes nothing, so nothing that it answers is a measurement of an engine.
 */
import process from "node:process";
import { plainAnswer, STREAM_HEAD, writeBytes } from "./frames.ts";
import { type HttpRequest, RequestReader } from "./http_request.ts";
import { Punctual } from "./punctual.ts";
import { phaseOf, type PlannedWrite, readScript, scheduleOf, type TruthScript } from "./script.ts";
import type { TruthRecord, TruthServerUse } from "./truth_record.ts";

export interface TruthServerOptions {
  port: number;
  script: TruthScript;
  spin_ms: number;
}

const now = () => performance.now();

export class TruthServer {
  readonly port: number;
  readonly #script: TruthScript;
  readonly #listener: Deno.TcpListener;
  readonly #punctual: Punctual;
  #requests = 0;
  #records: TruthRecord[] = [];

  /** Listens on 127.0.0.1 at once; port 0 takes a free one. */
  constructor({ port, script, spin_ms }: TruthServerOptions) {
    this.#script = script;
    const sleep = (ms: number, wake: () => void) => void setTimeout(wake, ms);
    this.#punctual = new Punctual({ spin_ms, now, sleep });
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.port = this.#listener.addr.port;
    this.#accept();
  }

  close(): void {
    this.#listener.close();
  }

  async #accept(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#serve(conn);
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    conn.setNoDelay(true);
    const reader = new RequestReader();
    const buffer = new Uint8Array(65536);
    try {
      for (let n; (n = await conn.read(buffer)) !== null;) {
        const received_ms = now();
        for (const request of reader.add(buffer.subarray(0, n))) {
          await this.#answer(conn, request, received_ms);
        }
      }
    } catch {
      // A client that breaks off, or no HTTP: what was sent until then is in the log.
    } finally {
      conn.close();
    }
  }

  /** Settles when the answer has been handed to the socket; a stream's client sends nothing before. */
  async #answer(conn: Deno.TcpConn, request: HttpRequest, received_ms: number): Promise<void> {
    const { pathname, searchParams } = new URL(request.target, "http://truth");
    if (request.method === "POST" && pathname === "/v1/chat/completions") {
      return await this.#stream(conn, request.body, received_ms);
    }
    const json = "application/json";
    const pages: Record<string, () => Uint8Array> = {
      "/truth": () =>
        plainAnswer(200, "application/x-ndjson", this.#log(Number(searchParams.get("after") ?? 0))),
      "/use": () => plainAnswer(200, json, JSON.stringify(serverUse())),
      "/v1/models": () => plainAnswer(200, json, '{"object":"list","data":[{"id":"truth"}]}'),
      "/health": () => plainAnswer(200, json, "{}"),
    };
    const page = pages[pathname] ?? (() => plainAnswer(404, json, '{"error":"no such page"}'));
    await writeAll(conn, page());
  }

  /** The records of requests after that number; those up to it are forgotten. */
  #log(after: number): string {
    this.#records = this.#records.filter(({ request }) => request > after);
    return this.#records.map((record) => `${JSON.stringify(record)}\n`).join("");
  }

  async #stream(conn: Deno.TcpConn, body: string, received_ms: number): Promise<void> {
    let asked: { max_tokens?: unknown; truth?: unknown };
    let script: TruthScript;
    try {
      asked = JSON.parse(body);
      script = readScript(asked.truth, this.#script);
    } catch (error) {
      const message = JSON.stringify({ error: { message: (error as Error).message } });
      return await writeAll(conn, plainAnswer(400, "application/json", message));
    }
    const record: TruthRecord = {
      request: ++this.#requests,
      received_ms,
      due_ms: [],
      sent_ms: [],
      tokens: [],
      write_ms_max: 0,
      outcome: "sent",
    };
    const phase_ms = phaseOf(script, record.request, received_ms);
    const writes = scheduleOf(script, Number(asked.max_tokens ?? 16), phase_ms);
    try {
      await writeAll(conn, STREAM_HEAD);
      await this.#sendAll(conn, writes, script, record);
    } catch (error) {
      record.outcome = "hung up";
      if (!this.#records.includes(record)) this.#records.push(record);
      throw error;
    }
  }

  /** One write after another, each at its time. Rejects when the client hangs up. */
  #sendAll(
    conn: Deno.TcpConn,
    writes: PlannedWrite[],
    { split_ms }: TruthScript,
    record: TruthRecord,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { request, received_ms } = record;
    // Encoded ahead, so that nothing stands between the time and the write.
    const encoded = writes.map((write, i) =>
      writeBytes(write, { request, split: split_ms > 0, last: i === writes.length - 1 })
    );
    let open = Promise.resolve();
    const send = (bytes: Uint8Array) => {
      const before_ms = now();
      open = writeAll(conn, bytes);
      open.catch(reject);
      record.write_ms_max = Math.max(record.write_ms_max, now() - before_ms);
      return before_ms;
    };
    const next = (index: number) => {
      const write = writes[index];
      if (write === undefined) return resolve();
      const { pieces, tokens } = encoded[index]!;
      const due_ms = received_ms + write.at_ms;
      pieces.forEach((bytes, piece) => {
        const at_ms = due_ms + piece * split_ms;
        this.#punctual.at(at_ms, () => {
          const sent_ms = send(bytes);
          if (piece < pieces.length - 1) return;
          for (const count of tokens) {
            record.due_ms.push(at_ms);
            record.sent_ms.push(sent_ms);
            record.tokens.push(count);
          }
          // Before the client can have read the end, and so before it can ask for this record.
          if (index === writes.length - 1) this.#records.push(record);
          open.then(() => next(index + 1), reject);
        });
      });
    };
    next(0);
    return promise;
  }
}

/** The first attempt is made at once, not in a later turn. */
async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  let written = await conn.write(bytes);
  while (written < bytes.length) written += await conn.write(bytes.subarray(written));
}

function serverUse(): TruthServerUse {
  const { user, system } = process.cpuUsage();
  return { cpu_s: (user + system) / 1e6, uptime_s: now() / 1000 };
}

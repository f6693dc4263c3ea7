/** A small OpenAI-compatible server in this process that behaves as a test says and counts what it sees. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/**
 * How a chat completion is answered. `cut` breaks the connection in mid-stream; `error` sends an
 * error frame, then usage and [DONE]; `silent` never answers; `half` sends one token and no more.
 * The `close-` ones close the connection after a whole answer: announced; without a word, as
 * llama.cpp does; without a word and only when the next request has been heard.
 */
export type Behaviour =
  | "answer"
  | "status-400"
  | "status-500"
  | "cut"
  | "error"
  | "no-usage"
  | "silent"
  | "half"
  | "close-announced"
  | "close-unannounced"
  | "close-late";

export interface Script {
  /** For the chat completion with that number, from 1. */
  behaviour?: Behaviour | ((request: number) => Behaviour);
  /** Announced as `Keep-Alive: max=N`, and meant: the Nth answer is the connection's last. */
  maxAnswers?: number;
  /** Announced as `Keep-Alive: timeout=S`. */
  keepAlive_s?: number;
  /** Status of `/v1/models`. */
  modelsStatus?: number;
  model?: string;
  /** Any free port by default. */
  port?: number;
  /** Each answer waits for this after its head. */
  hold?: (request: number) => Promise<void>;
}

const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

export class ScriptedServer implements AsyncDisposable {
  /** Connections ever accepted, and those open now. */
  connections = 0;
  readonly open: Set<Socket> = new Set();
  /** Chat completions whose head has come, and for each the number of connections at that moment. */
  requests = 0;
  readonly connectionsAtRequest: number[] = [];
  readonly bodies: string[] = [];
  /** The authorization header of each. */
  readonly keys: (string | undefined)[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly #answers = new Map<Socket, number>();
  readonly #watchers: Set<() => void> = new Set();
  readonly #server = createServer((request, response) => {
    // A client may leave while it is being read.
    this.#handle(request, response).catch(() => {});
  });

  private constructor(readonly script: Script) {
    this.#server.on("connection", (socket: Socket) => {
      this.connections++;
      this.open.add(socket);
      this.#changed();
      socket.on("error", () => {});
      socket.on("close", () => {
        this.open.delete(socket);
        this.#changed();
      });
    });
  }

  static async start(script: Script = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(script);
    await new Promise<void>((resolve) =>
      server.#server.listen(script.port ?? 0, "127.0.0.1", resolve)
    );
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Root of the API. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** Waits until `condition` holds of this server; throws after 10 s. */
  async until(condition: (server: this) => boolean): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`not within 10 s: ${condition}`)), 10_000);
    try {
      while (!condition(this)) {
        const change = new Promise<void>((resolve) => this.#watchers.add(resolve));
        await Promise.race([change, promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  #changed(): void {
    for (const resolve of this.#watchers) resolve();
    this.#watchers.clear();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/models") return this.#models(response);
    if (request.url !== "/v1/chat/completions") {
      return void response.writeHead(404).end("no such path");
    }
    const number = ++this.requests;
    this.connectionsAtRequest.push(this.connections);
    this.keys.push(request.headers.authorization);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    this.#changed();
    response.on("close", () => {
      this.inFlight--;
      this.#changed();
    });
    let body = "";
    for await (const chunk of request) body += chunk;
    this.bodies.push(body);
    await this.#answer(number, response).catch(() => {});
  }

  #models(response: ServerResponse): void {
    const { modelsStatus = 200, model = "m" } = this.script;
    const list = {
      object: "list",
      data: [{ id: model, object: "model", permission: [{ id: "p" }] }],
    };
    response.writeHead(modelsStatus, { "content-type": "application/json" });
    response.end(modelsStatus === 200 ? JSON.stringify(list) : "refused");
  }

  async #answer(number: number, response: ServerResponse): Promise<void> {
    const { behaviour = "answer", hold } = this.script;
    const kind = typeof behaviour === "string" ? behaviour : behaviour(number);
    const socket = response.socket!;
    if (kind === "close-late" && this.#answers.has(socket)) return void socket.destroy();
    if (kind === "silent") return;
    if (kind === "status-400") {
      return void response.writeHead(400).end('{"error":{"message":"max_tokens is too large"}}');
    }
    if (kind === "status-500") {
      return void response.writeHead(500).end('{"error":{"message":"out of memory"}}');
    }
    response.writeHead(200, { "content-type": "text/event-stream", ...this.#keepAlive(kind) });
    response.flushHeaders();
    await hold?.(number);
    response.write(frame({ choices: [{ delta: { role: "assistant" }, finish_reason: null }] }));
    const token = frame({ choices: [{ delta: { content: "Hi" }, finish_reason: null }] });
    response.write(token, () => kind === "cut" && response.socket?.destroy());
    if (kind === "half" || kind === "cut") return;
    response.write(ending(kind));
    this.#end(kind, response);
  }

  #keepAlive(kind: Behaviour): Record<string, string> {
    const { maxAnswers = 100, keepAlive_s = 5 } = this.script;
    if (kind === "close-announced") return { connection: "close" };
    return { "keep-alive": `timeout=${keepAlive_s}, max=${maxAnswers}` };
  }

  #end(kind: Behaviour, response: ServerResponse): void {
    const socket = response.socket!;
    const answers = (this.#answers.get(socket) ?? 0) + 1;
    this.#answers.set(socket, answers);
    const last = kind === "close-unannounced" || answers >= (this.script.maxAnswers ?? Infinity);
    response.end(() => last && socket.end());
  }
}

/** What comes after the tokens. */
function ending(kind: Behaviour): string {
  const finish = frame({ choices: [{ delta: { content: "!" }, finish_reason: "length" }] });
  const usage = frame({ choices: [], usage: USAGE });
  if (kind === "error") return frame({ error: { message: "engine died" } }) + usage + DONE;
  return kind === "no-usage" ? finish + DONE : finish + usage + DONE;
}

const DONE = "data: [DONE]\n\n";

function frame(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

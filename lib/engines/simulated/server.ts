/** The HTTP server: paths, refusals, counters. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BatchEngine } from "./batch_engine.ts";
import { faultOfRequest } from "./faults.ts";
import { type Ending, generate, type GenerationSettings } from "./generation.ts";
import { type Endpoint, readGenerationRequest, type Refusal } from "./generation_request.ts";
import { machineClock, machineNow } from "./machine_clock.ts";
import type { Options } from "./options.ts";
import type { TruthLog } from "./truth_log.ts";
import type { ServerCounters, Totals } from "./wire.ts";

const ENDPOINTS: Record<string, Endpoint> = {
  "/v1/chat/completions": "chat",
  "/v1/completions": "completions",
};

/** A server that is not listening yet. */
export function simulatedServer(options: Options, truth: TruthLog): Server {
  const app = new SimulatedApp(options, truth);
  const server = createServer((request, response) => void app.handle(request, response));
  // A measuring client keeps its connections open before and between requests for as long as it likes.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

class SimulatedApp {
  #options: Options;
  #truth: TruthLog;
  #settings: GenerationSettings;
  #startedS = Math.floor(machineNow() / 1000);
  #generations = 0;
  #streamed = noTotals();
  #whole = noTotals();
  #finished = { stop: 0, length: 0 };

  constructor(options: Options, truth: TruthLog) {
    this.#options = options;
    this.#truth = truth;
    this.#settings = {
      wire: options.wire,
      served: { name: options.model, maxLength: options.limits.kvCapacityTokens },
      seed: options.seed,
      engine: new BatchEngine(options.limits, options.costs, machineClock),
    };
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedMs = machineNow();
    response.setHeader("server", "simulated");
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const endpoint = ENDPOINTS[path];
    if (endpoint === undefined) return this.#get(path, response);
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      return sendJson(response, 405, { detail: "Method Not Allowed" });
    }
    await this.#generate(request, response, endpoint, receivedMs);
  }

  #get(path: string, response: ServerResponse): void {
    const { wire, served } = this.#settings;
    if (wire.emptyPaths.includes(path)) {
      response.writeHead(200, { "content-length": 0 }).end();
    } else if (path === "/v1/models") {
      sendJson(response, 200, wire.models(served, this.#startedS));
    } else if (path === wire.versionPath) {
      sendJson(response, 200, { version: "simulated" });
    } else if (wire.metricsPaths.includes(path)) {
      const series = Object.entries(wire.metrics(this.#counters(), served.name));
      const lines = series.map(([name, value]) => `${name} ${value}\n`);
      const text = "# From a simulated engine.\n" + lines.join("");
      response.writeHead(200, { "content-type": "text/plain; version=1.0.0; charset=utf-8" });
      response.end(text);
    } else {
      sendJson(response, 404, { detail: "Not Found" });
    }
  }

  async #generate(
    incoming: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    receivedMs: number,
  ): Promise<void> {
    const number = ++this.#generations;
    const fault = faultOfRequest(this.#options.fault, number);
    const { wire, served } = this.#settings;
    const text = await readBody(incoming);
    if (text === null) return;
    if (fault === "http-500") {
      return this.#refuse(response, {
        reason: "server_error",
        message: "simulated fault: http-500",
      });
    }
    const request = readGenerationRequest(text, endpoint, wire.rules, served);
    if ("reason" in request) return this.#refuse(response, request);
    const requestId = incoming.headers["x-request-id"]?.toString() ?? String(number);
    const arrival = { sequenceId: String(number), requestId, receivedMs, fault };
    const ending = await generate(request, arrival, response, this.#settings);
    this.#count(request.stream ? this.#streamed : this.#whole, ending);
    this.#truth.write(ending.truth);
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    const { status, body } = this.#settings.wire.refusal(refusal, this.#settings.served);
    sendJson(response, status, body);
  }

  #count(totals: Totals, { truth, finish }: Ending): void {
    if (finish === null) return;
    totals.requests++;
    totals.promptTokens += truth.prompt_tokens;
    totals.outputTokens += truth.completion_tokens;
    const { received_ms, token_ms } = truth;
    const [first, last] = [token_ms[0] ?? received_ms, token_ms.at(-1) ?? received_ms];
    totals.ttftS += (first - received_ms) / 1000;
    totals.e2eS += (last - received_ms) / 1000;
    if (token_ms.length > 1) {
      totals.tpotS += (last - first) / 1000 / (token_ms.length - 1);
      totals.tpotRequests++;
    }
    this.#finished[finish]++;
  }

  #counters(): ServerCounters {
    return {
      load: this.#settings.engine.load(),
      streamed: this.#streamed,
      whole: this.#whole,
      finished: this.#finished,
    };
  }
}

function noTotals(): Totals {
  const times = { ttftS: 0, e2eS: 0, tpotS: 0, tpotRequests: 0 };
  return { requests: 0, promptTokens: 0, outputTokens: 0, ...times };
}

/** The whole body as text; null if the client left before it was complete. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    return null;
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

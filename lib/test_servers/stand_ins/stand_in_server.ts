/** The simulated engine's server behind a stand-in's own routes. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Options } from "@/engines/simulated/options.ts";
import { simulatedServer } from "@/engines/simulated/server.ts";
import { openTruthLog } from "@/engines/simulated/truth_log.ts";
import type { Settings, StandIn } from "./stand_in_settings.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export class StandInServer {
  readonly http: Server;
  #inFlight = 0;
  #draining = false;

  constructor(readonly standIn: StandIn, readonly settings: Settings, options: Options) {
    this.http = simulatedServer(options, openTruthLog(undefined));
    const [simulated] = this.http.listeners("request") as [Handler];
    this.http.removeAllListeners("request");
    const startedS = Math.floor(Date.now() / 1000);
    const served = { name: options.model, maxLength: options.limits.kvCapacityTokens };
    const models = options.wire.models(served, startedS) as { data: object[] };
    const listed = models.data.map((model) => ({ ...model, root: standIn.title }));

    this.http.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
      const answer = path === "/v1/models"
        ? { status: 200, body: { ...models, data: listed } }
        : standIn.route(path, this.#state());
      if (answer === null) return this.#pass(simulated, request, response);
      const body = answer.body === undefined ? "" : JSON.stringify(answer.body);
      const type = body === "" ? {} : { "content-type": "application/json" };
      response.writeHead(answer.status, type).end(body);
    });
  }

  /** Ends as the engine does at SIGTERM, with exit code 0. */
  async terminate(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    for (const line of this.standIn.termLog(this.#inFlight)) console.log(line);
    while (this.standIn.drains && this.#inFlight > 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    Deno.exit(0);
  }

  #state() {
    const { standIn: { title }, settings } = this;
    return { title, settings, inFlight: this.#inFlight, draining: this.#draining };
  }

  #pass(simulated: Handler, request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "POST") {
      this.#inFlight++;
      response.on("close", () => this.#inFlight--);
    }
    simulated(request, response);
  }
}

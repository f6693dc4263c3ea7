/**
 * One worker against four on the same load: what they report must agree within 1 % (method note
 * 5.3.5). `deno task bench:workers [--scenario A] [--runs 3] [--server-core 0] [--client-core 1]`.
 * The server is the native one of known truth, so nothing here was measured on an engine.
 */
import { parseArgs } from "node:util";
import { transportFor } from "@/load/transport.ts";
import { CLIENTS } from "./clients.ts";
import { buildPrograms } from "./programs.ts";
import { runClient } from "./run_client.ts";
import { describe, type Measured, SCENARIOS } from "./scenarios.ts";
import { AGREED, disagreements, type Pair } from "./workers_agreement.ts";

const { values: asked } = parseArgs({
  options: {
    scenario: { type: "string", default: "A" },
    runs: { type: "string", default: "3" },
    "server-core": { type: "string", default: "0" },
    "client-core": { type: "string", default: "1" },
  },
});
const scenario = SCENARIOS.find(({ name }) => name === asked.scenario);
if (scenario === undefined) {
  const known = SCENARIOS.map(({ name }) => name).join(", ");
  console.error(`--scenario ${asked.scenario}: one of ${known} is expected`);
  Deno.exit(2);
}
const cores = { server: asked["server-core"], client: asked["client-core"] };
const one = CLIENTS.find(({ name }) => name === transportFor("http://h"))!;
const four = CLIENTS.find(({ name }) => name === "4-workers")!;
const folder = await Deno.makeTempDir({ prefix: "bench-workers-" });
const pairs: Pair[] = [];
try {
  const programs = await buildPrograms(folder);
  const run = (client: typeof one): Promise<Measured> =>
    runClient(client, scenario, programs, cores);
  for (let pair = 0; pair < Number(asked.runs); pair++) {
    // The order changes, so that what drifts meets both.
    const first = pair % 2 === 0 ? one : four;
    const seen = [await run(first), await run(first === one ? four : one)] as const;
    pairs.push(first === one ? [...seen] : [seen[1], seen[0]]);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(
  `${
    describe(scenario)
  }; ${pairs.length} pairs; server on core ${cores.server}, client on ${cores.client}`,
);
for (const { metric, of } of AGREED) {
  const told = pairs.map(([a, b]) => `${of(a).toFixed(4)} / ${of(b).toFixed(4)}`);
  console.log(`${metric}, 1 / 4 workers: ${told.join("  ")}`);
}
const wrong = disagreements(pairs);
console.log(wrong.length === 0 ? "they agree within 1 %" : wrong.join("\n"));
Deno.exit(wrong.length === 0 ? 0 : 1);

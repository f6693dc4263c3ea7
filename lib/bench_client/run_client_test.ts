/** The bench's programs at work, at a load that no machine minds. */
import assert from "node:assert/strict";
import { findProgram } from "@/engines/programs.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { CLIENTS } from "./clients.ts";
import { buildPrograms } from "./programs.ts";
import { runClient } from "./run_client.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";

const SMALL = { users: 4, requests: 12, max_tokens: 8, ttft_ms: 20, gap_ms: 5 };
const ONE_CORE = { server: "0", client: "0" };
const ignore = await findProgram("cc") === null || await findProgram("taskset") === null;

for (const client of CLIENTS) {
  for (const mode of ["independent", "step"] as const) {
    Deno.test({
      name: `${client.name} counts every token of a server that sends ${mode}, and tells its cost`,
      ignore,
      async fn() {
        using folder = new TempFolder();
        const programs = await buildPrograms(folder.path);
        const scenario: Scenario = { ...SCENARIOS[0]!, ...SMALL, mode };
        const seen = await runClient(client, scenario, programs, ONE_CORE);
        assert.equal(seen.miscounted, null);
        assert.ok(seen.lateness_p50_ms > 0, `${seen.lateness_p50_ms} ms`);
        assert.ok(seen.server_lateness_p50_ms >= 0);
        assert.ok(seen.cpu_us_per_token > 0 && seen.startup_cpu_s > 0 && seen.peak_bytes > 1e6);
      },
    });
  }
}

Deno.test({
  name: "a client that fails is named with what it said",
  ignore,
  async fn() {
    using folder = new TempFolder();
    const programs = await buildPrograms(folder.path);
    const broken = { ...CLIENTS[0]!, command: () => [programs.floor, "--port", "1"] };
    await assert.rejects(
      runClient(broken, { ...SCENARIOS[0]!, ...SMALL }, programs, ONE_CORE),
      /the client floor failed:\nsee the head of floor_client\.c/,
    );
  },
});

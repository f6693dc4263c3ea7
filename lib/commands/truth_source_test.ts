import assert from "node:assert/strict";
import { findProgram } from "@/engines/programs.ts";
import { calibrateClient } from "@/run/calibrate_client.ts";
import { describeMachine } from "@/run/machine.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { openTruthSource } from "./truth_source.ts";

const calibrated = async () => {
  await using source = await openTruthSource(null);
  const streams = { token_ms: 2, tokens: 20, rounds: 2 };
  return await calibrateClient({
    steps: [[
      { ...streams, mode: "step", streams: 3 },
      { ...streams, mode: "independent", streams: 2 },
    ]],
    until: "passed",
    tries: 1,
    source,
    machine: await describeMachine(),
    signal: new AbortController().signal,
    say: () => {},
  });
};

Deno.test({
  name: "where there is a C compiler a calibration asks the truth server in C, in both modes",
  ignore: await findProgram("cc") === null,
  async fn() {
    const { server, levels } = await calibrated();
    assert.deepEqual(server, { language: "c", why: null });
    assert.deepEqual(levels.map(({ requests, failed }) => [requests, failed]), [[6, 0], [4, 0]]);
    assert.ok(levels.every(({ events_per_s }) => events_per_s > 0 && events_per_s <= 1500));
  },
});

Deno.test("where there is none it asks the one in Deno, and says why and what to do", async () => {
  const { server, levels } = await withEnv({ PATH: "/nowhere" }, calibrated);
  assert.equal(server!.language, "deno");
  assert.match(server!.why!, /^there is no C compiler \(cc\); `apt install gcc/);
  assert.deepEqual(levels.map(({ failed }) => failed), [0, 0]);
});

/** One contender at work, at a load that no machine minds. */
import assert from "node:assert/strict";
import { findProgram } from "@/engines/programs.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { CLIENTS } from "./clients.ts";
import { type Contender, ownContender } from "./contenders.ts";
import { benchContenders } from "./peers_bench.ts";
import { buildPrograms } from "./programs.ts";
import { runContender, shellSeconds } from "./run_contender.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { unitsHere } from "./tree_usage.ts";

const SMALL = { users: 4, requests: 12, max_tokens: 8, ttft_ms: 20, gap_ms: 5 };
const SCENARIO: Scenario = { ...SCENARIOS[0]!, ...SMALL };
const ONE_CORE = { server: "0", client: "0" };
const ignore = await findProgram("cc") === null || await findProgram("taskset") === null;

async function withFloor(body: (floor: Contender, bench: Bench) => Promise<void>) {
  using folder = new TempFolder();
  const programs = await buildPrograms(folder.path);
  const floor = CLIENTS.find(({ name }) => name === "floor")!;
  const bench = { truth: programs.truth, cores: ONE_CORE, units: await unitsHere() };
  await body(ownContender(floor, programs), bench);
}
type Bench = Parameters<typeof runContender>[2];

/** The same, its command run by `script`, which has it as its arguments. */
const through = (contender: Contender, script: string): Contender => ({
  ...contender,
  command(run) {
    const command = contender.command(run);
    return { ...command, argv: ["sh", "-c", script, "sh", ...command.argv] };
  },
});

Deno.test({
  name: "what a contender tells is held against the server's log, and its cost is counted",
  ignore,
  fn: () =>
    withFloor(async (floor, bench) => {
      const seen = await runContender(floor, SCENARIO, bench);
      assert.equal(seen.miscounted, null);
      assert.equal(seen.tokens_told, 12 * 8);
      assert.equal(seen.requests_seen, 12);
      assert.ok(seen.ttft_each_p50_ms! >= 0 && seen.wall_s > 0);
      assert.ok(seen.peak_bytes > 0);
    }),
});

Deno.test({
  name:
    "what the children of a contender's children use is counted, and where it runs is its folder",
  ignore,
  fn: () =>
    withFloor(async (floor, bench) => {
      const busy = `sh -c 'sh -c "seq 1 50000000 >/dev/null"; true'`;
      let left = "";
      const parent = {
        ...through(floor, `${busy}; echo left >here; "$@"`),
        told(run: Parameters<Contender["told"]>[0], said: string) {
          left = Deno.readTextFileSync(`${run.folder}/here`);
          return floor.told(run, said);
        },
      };
      const [alone, both] = [
        await runContender(floor, SCENARIO, bench),
        await runContender(parent, SCENARIO, bench),
      ];
      assert.ok(both.whole_cpu_us_per_token > 2 * alone.whole_cpu_us_per_token);
      assert.equal(left, "left\n");
    }),
});

Deno.test({
  name: "one that fails or cannot run says why, and the others are measured",
  ignore,
  fn: () =>
    withFloor(async (floor, bench) => {
      const failing = { ...through(floor, "echo no module named x; exit 3"), name: "failing" };
      const silent = {
        ...floor,
        name: "silent",
        told: () => ({ told: [], warmup: 0 }),
      };
      const missing = { ...floor, name: "missing", missing: "not installed: do this" };
      const all = await benchContenders([failing, missing, silent, floor], SCENARIO, 1, bench);
      const problems = all.map(({ problem }) => problem);
      assert.match(problems[0]!, /^it ended with exit 3\n {2}\| no module named x$/);
      assert.equal(problems[1], "not installed: do this");
      assert.match(problems[2]!, /^its result file tells of no answered request/);
      assert.equal(problems[3], null);
      assert.deepEqual(all.map(({ runs }) => runs.length), [0, 0, 0, 1]);
    }),
});

Deno.test("the shell's four times are summed up", () => {
  assert.equal(shellSeconds("0m0.50s 0m0.25s\n1m2.00s 0m3.00s\n"), 65.75);
});

import assert from "node:assert/strict";
import { type Plan, planTrials } from "@/config/plan.ts";
import { configSchema } from "@/config/schema.ts";
import { Progress } from "./progress.ts";
import { type RunJudge, studyLaunches } from "./study_launches.ts";

function planOf(benchmark: object): Plan {
  return planTrials(configSchema.parse({
    engines: { a: { kind: "simulated", wire: "vllm" }, b: { kind: "simulated", wire: "sglang" } },
    benchmark: { concurrency_levels: [1, 4], ...benchmark },
  }));
}

/** Ids of the launches in their order, what was put on record, and what was said. */
function launchesOf(plan: Plan, judge?: RunJudge, signal = new AbortController().signal) {
  let said = "";
  const recorded: string[] = [];
  const sink = { isTerminal: false, columns: 80, write: (line: string) => void (said += line) };
  const progress = new Progress(8, sink);
  const folder = { plan: ({ launch_id }: { launch_id: string }) => void recorded.push(launch_id) };
  const context = { folder, progress, signal, ...(judge === undefined ? {} : { judge }) };
  const ids = [...studyLaunches(plan, context)].map(({ planned }) => planned.launch_id);
  return { ids, recorded, said, progress };
}

Deno.test("a run ends at a planned look at which all is decided, and at no other block", () => {
  let asked = 0;
  const plan = planOf({ looks: [2, 4, 6] });
  const judge = { decided: () => ++asked === 2, lost: () => [] };
  const { ids, said } = launchesOf(plan, judge);
  assert.equal(ids.length, 4 * 2);
  assert.equal(asked, 2, "asked after 2 and after 4 blocks");
  assert.match(said, /after 4 blocks all primary comparisons are decided: the run ends here/);
  assert.equal(launchesOf(planOf({ blocks: 3 }), { ...judge, decided: () => true }).ids.length, 6);
});

Deno.test("spoilt cells run once more at the end, for every entry, recorded before they run", () => {
  const plan = planOf({ blocks: 2 });
  const lost = plan.launches[0]!.trials.slice(0, 1);
  const { ids, recorded, said, progress } = launchesOf(plan, {
    decided: () => false,
    lost: () => lost,
  });
  assert.deepEqual(ids.slice(4).toSorted(), ["b1-a-again", "b1-b-again"]);
  assert.deepEqual(recorded, ids.slice(4));
  assert.match(said, /block 1 · [ab]: again at closed 1, since client or environment spoilt/);
  assert.equal(progress.totalTrials, 8 + 2);
});

Deno.test("after an interrupt nothing is judged and nothing repeated", () => {
  const judge = { decided: () => true, lost: () => assert.fail("asked") };
  assert.deepEqual(launchesOf(planOf({}), judge, AbortSignal.abort()).ids, []);
});

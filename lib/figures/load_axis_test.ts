import assert from "node:assert/strict";
import { compareEntries } from "@/analysis/comparison.ts";
import { loadAxis, loadInWords } from "@/analysis/load_axis.ts";
import { levelRows } from "@/analysis/levels.ts";
import type { LevelRow } from "@/analysis/summary_row.ts";
import { row } from "@/analysis/testdata/sample_trials.ts";
import { closedPoint, type Load, type LoadPoint, loadPointOf } from "@/config/load_point.ts";
import { latencyByConcurrency } from "./latency_by_concurrency.ts";
import { realLevels } from "./sample_rows.ts";
import { throughputScaling } from "./throughput_scaling.ts";

const open = (load: Load, rate: number): LoadPoint =>
  loadPointOf({ load, concurrency: null, offered_requests_per_s: rate });

const POISSON = [1, 4].map((rate_per_s) =>
  open({ mode: "poisson", rate_per_s, requests: 9 }, rate_per_s)
);

Deno.test("loads are called by their process, level and cap", () => {
  const named: [Load, label: string, family: string][] = [
    [{ mode: "closed", concurrency: 8 }, "closed 8", "closed"],
    [{ mode: "poisson", rate_per_s: 4, requests: 9 }, "poisson 4/s", "poisson"],
    [
      { mode: "gamma", rate_per_s: 4, burstiness: 0.25, requests: 9 },
      "gamma 4/s, burstiness 0.25",
      "gamma, burstiness 0.25",
    ],
    [
      { mode: "poisson", rate_per_s: 4, requests: 9, max_in_flight: 32 },
      "poisson 4/s capped at 32",
      "poisson capped at 32",
    ],
    [
      { mode: "trace", name: "azure-code", file: "f", time_scale: 1 },
      "trace azure-code",
      "trace azure-code",
    ],
    [
      { mode: "ramp", from_per_s: 1, to_per_s: 8, duration_s: 9 },
      "ramp 1 to 8/s",
      "ramp",
    ],
  ];
  for (const [load, label, family] of named) {
    const point = loadPointOf({ load, concurrency: null });
    assert.deepEqual([point.load, point.load_family], [label, family]);
  }
  assert.equal(loadInWords(closedPoint(1)), "1 user");
  assert.equal(loadInWords(POISSON[1]!), "poisson 4/s");
});

Deno.test("an axis is one of users or one of requests a second, never both", () => {
  assert.equal(loadAxis([closedPoint(1), closedPoint(8)]).name, "concurrency");
  assert.equal(loadAxis(POISSON).name, "offered rate");
  assert.throws(() => loadAxis([closedPoint(1), ...POISSON]), /closed and poisson share no axis/);
  const gamma = open({ mode: "gamma", rate_per_s: 4, burstiness: 2, requests: 9 }, 4);
  assert.throws(() => loadAxis([gamma, ...POISSON]), /share no axis/);
});

Deno.test("figures of open loads stand over the offered rate and say the family", () => {
  const levels: LevelRow[] = realLevels().filter(({ concurrency }) => concurrency !== 8)
    .map((level) => ({ ...level, ...POISSON[level.concurrency === 1 ? 0 : 1]! }));
  for (
    const figure of [
      throughputScaling(levels, { family: "poisson" })!,
      latencyByConcurrency(levels, "ttft_ms", { family: "poisson" })!,
    ]
  ) {
    assert.match(figure.title, /by offered rate, poisson$/);
    assert.match(figure.id, /^poisson-/);
    assert.ok(figure.svg.includes("offered requests/s"));
    assert.ok(!figure.svg.includes("concurrent"), figure.title);
    assert.deepEqual(
      new Set(figure.table.rows.map((r) => r.offered_requests_per_s)),
      new Set([1, 4]),
    );
  }
  const mixed = [...levels, ...realLevels()];
  assert.throws(() => throughputScaling(mixed), /share no axis/);
});

Deno.test("trials are grouped and compared by their load, not by users", () => {
  const gamma = open({ mode: "gamma", rate_per_s: 4, burstiness: 0.25, requests: 9 }, 4);
  const rows = [...POISSON, gamma, closedPoint(10)].flatMap((point) =>
    ["a", "b"].flatMap((engine) =>
      [1, 2, 3].map((block) =>
        row({
          trial_id: `${engine}${block}${point.load}`,
          engine,
          block,
          ...point,
          output_tokens_per_s: engine === "a" ? 300 + block : 200 + 2 * block,
        })
      )
    )
  );
  // The fixture's own closed load gives way to the point's.
  assert.equal(levelRows(rows, new Map()).length, 8);
  const throughput = compareEntries(rows).filter(({ metric }) => metric === "output_tokens_per_s");
  assert.deepEqual(throughput.map(({ load }) => load), [
    "poisson 1/s",
    "poisson 4/s",
    "gamma 4/s, burstiness 0.25",
    "closed 10",
  ]);
  assert.match(throughput[2]!.sentence, / at gamma 4\/s, burstiness 0\.25, /);
});

import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import type { LevelRow } from "@/analysis/summary_row.ts";
import type { Figure } from "./figure.ts";
import { latencyByConcurrency } from "./latency_by_concurrency.ts";
import { memory } from "./memory.ts";
import { ratioForest } from "./ratio_forest.ts";
import { comparisonsOf, realLevels, simulatedLevels, startups } from "./sample_rows.ts";
import { startupPhases } from "./startup_phases.ts";
import { throughputScaling } from "./throughput_scaling.ts";

function allFigures(rows: LevelRow[]): Figure[] {
  const comparisons = comparisonsOf(rows);
  return [
    ratioForest(comparisons, "output_tokens_per_s"),
    ratioForest(comparisons, "ttft_ms_p50"),
    latencyByConcurrency(rows, "ttft_ms"),
    latencyByConcurrency(rows, "tpot_ms"),
    latencyByConcurrency(rows, "e2e_ms"),
    throughputScaling(rows),
    memory(rows),
    startupPhases(startups(rows[0]!.simulated)),
  ].filter((figure) => figure !== null);
}

interface PlacedText {
  text: string;
  left: number;
  right: number;
  y: number;
}

/** Text positions with the widths of a wide font (0.62 em a character). */
function placedTexts(svg: string): PlacedText[] {
  const page = new JSDOM(svg, { contentType: "image/svg+xml" }).window.document;
  return [...page.querySelectorAll("text")].map((element) => {
    let [x, y, anchor, size] = [0, 0, "", 0];
    for (let at: typeof element | null = element; at !== null; at = at.parentElement) {
      const shift = /translate\(([-\d.]+),?\s*([-\d.]+)?\)/.exec(
        at.getAttribute("transform") ?? "",
      );
      x += Number(shift?.[1] ?? 0);
      y += Number(shift?.[2] ?? 0);
      anchor ||= at.getAttribute("text-anchor") ?? "";
      size ||= Number(at.getAttribute("font-size") ?? 0);
    }
    x += Number(element.getAttribute("x") ?? 0);
    y += Number.parseFloat(element.getAttribute("y") ?? "0") *
      (element.getAttribute("y")?.endsWith("em") ? size : 1);
    const text = element.textContent ?? "";
    const width = text.length * size * 0.62;
    const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
    return { text, left, right: left + width, y };
  });
}

function changed(rows: LevelRow[], change: (row: LevelRow, i: number) => Partial<LevelRow>) {
  return rows.map((row, i) => ({ ...row, ...change(row, i) }));
}

Deno.test("figures of fixed rows are drawn as they were when they were looked at", async (t) => {
  const simulated = latencyByConcurrency(simulatedLevels(), "ttft_ms")!;
  for (const figure of [...allFigures(realLevels()), simulated]) {
    await t.assertSnapshot({ ...figure, svg: figure.svg.replaceAll("><", ">\n<").split("\n") });
  }
});

Deno.test("no label is empty or outside its figure, whatever the levels", () => {
  const crowded = [1, 2, 4, 8, 16, 32, 50, 64, 90, 100, 128].flatMap((concurrency) =>
    realLevels().slice(0, 1).map((row) => ({ ...row, concurrency }))
  );
  for (const rows of [realLevels(), simulatedLevels(), crowded]) {
    const figures = rows === crowded
      ? [latencyByConcurrency(rows, "ttft_ms")!, throughputScaling(rows)!]
      : allFigures(rows);
    for (const { id, svg, width, height } of figures) {
      for (const { text, left, right, y } of placedTexts(svg)) {
        assert.notEqual(text, "", `${id} has an empty label`);
        assert.ok(
          left >= -2 && right <= width + 2,
          `${id}: "${text}" ${left}..${right} of ${width}`,
        );
        assert.ok(y > 0 && y <= height, `${id}: "${text}" at height ${y} of ${height}`);
      }
    }
  }
});

Deno.test("labels at the ends of lines do not touch even when eight entries give the same values", () => {
  const rows = Array.from({ length: 8 }, (_, i) => i).flatMap((i) =>
    changed(realLevels().slice(0, 3), () => ({ engine: `entry-${i}` }))
  );
  const figure = latencyByConcurrency(rows, "tpot_ms")!;
  const labels = placedTexts(figure.svg).filter(({ text }) => text.startsWith("entry-"));
  assert.equal(labels.length, 16);
  const heights = labels.map(({ y }) => y).sort((a, b) => a - b);
  for (let i = 1; i < heights.length; i++) assert.ok(heights[i]! - heights[i - 1]! >= 14);
});

Deno.test("drawing gives no warning of the plotting library", () => {
  const warn = console.warn;
  const said: unknown[] = [];
  console.warn = (...words: unknown[]) => said.push(words);
  try {
    for (const { svg } of [...allFigures(realLevels()), ...allFigures(simulatedLevels())]) {
      assert.ok(!svg.includes("⚠"));
    }
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(said, []);
});

Deno.test("simulated is said in the title and at every entry's name, and only for simulated rows", () => {
  for (const figure of allFigures(simulatedLevels())) {
    assert.match(figure.title, /\(simulated\)$/);
    const names = placedTexts(figure.svg).map(({ text }) => text)
      .filter((text) => text.includes("sim-"));
    assert.ok(names.length >= 3, figure.id);
    for (const name of names) assert.match(name, /\(simulated\)/);
    for (const row of figure.table.rows) {
      assert.match(String(row["engine"] ?? row["pair"]), /\(simulated\)/);
    }
  }
  for (const figure of allFigures(realLevels())) assert.ok(!/simulated/i.test(figure.svg));
});

Deno.test("a latency figure says its numbers in the finding and keeps a missing value out", () => {
  const whole = latencyByConcurrency(realLevels(), "ttft_ms")!;
  assert.equal(
    whole.finding,
    "At 8 concurrent, TTFT p50 was 240.2 ms for llama-8-slots and 6,130.0 ms for llama-1-slot.",
  );
  assert.deepEqual(whole.missing, [
    "p99 not shown: it needs 368 requests at a level and 100 in each launch.",
  ]);

  const gap = changed(
    realLevels(),
    (_, i) => i === 1 ? { ttft_ms_p50: null, ttft_ms_p90: null } : {},
  );
  const figure = latencyByConcurrency(gap, "ttft_ms")!;
  assert.equal(figure.missing[0], "No TTFT for llama-1-slot at 4.");
  const row = figure.table.rows.find((r) =>
    r["engine"] === "llama-1-slot" && r["concurrency"] === 4
  )!;
  assert.equal(row["p50"], null);
  assert.equal(count(whole.svg, "<title>") - count(figure.svg, "<title>"), 2);
});

Deno.test("p99 has a panel of its own as soon as one level has enough requests", () => {
  const rows = changed(
    realLevels(),
    (row, i) =>
      i === 2
        ? { pooled: { ...row.pooled, ttft_ms: { ...row.pooled.ttft_ms, n: 400, p99: 7777 } } }
        : {},
  );
  const figure = latencyByConcurrency(rows, "ttft_ms")!;
  assert.match(figure.svg, /p99 of all launches together/);
  assert.match(figure.svg, /7,777\.0 ms \(400 requests\)/);
  assert.match(figure.missing[0]!, /^p99 not shown for llama-1-slot at 1, .*it needs 368 requests/);
});

Deno.test("nothing to draw gives no figure", () => {
  const rows = changed(realLevels(), () => ({
    tpot_ms_p50: null,
    tpot_ms_p90: null,
    output_tokens_per_s: null,
    memory_bytes: null,
  }));
  assert.equal(latencyByConcurrency(rows, "tpot_ms"), null);
  assert.equal(throughputScaling(rows), null);
  assert.equal(memory(rows), null);
  assert.equal(ratioForest([], "ttft_ms_p50"), null);
  assert.equal(startupPhases([]), null);
});

Deno.test("real and simulated rows are never drawn together", () => {
  const both = [...realLevels(), ...simulatedLevels()];
  const refused = /real and simulated/;
  assert.throws(() => latencyByConcurrency(both, "ttft_ms"), refused);
  assert.throws(() => throughputScaling(both), refused);
  assert.throws(() => memory(both), refused);
  const comparisons = [...comparisonsOf(realLevels()), ...comparisonsOf(simulatedLevels())];
  assert.throws(() => ratioForest(comparisons, "ttft_ms_p50"), refused);
  assert.throws(() => startupPhases([...startups(false), ...startups(true)]), refused);
});

Deno.test("memory says what each number is, and that different ones cannot be compared", () => {
  const rows = changed(realLevels(), (row) =>
    row.engine === "llama-1-slot" ? {} : {
      memory_label: "KV cache",
    });
  const figure = memory(rows)!;
  assert.match(figure.svg, /llama-1-slot: resident size of the server process/);
  assert.match(figure.svg, /llama-8-slots: KV cache/);
  assert.match(figure.how_to_read, /do not all measure the same thing/);
  assert.equal(figure.table.rows[0]!["mib"], 341);
});

Deno.test("a start's phases lie end to end, and the longest is said", () => {
  const figure = startupPhases(startups(false))!;
  assert.equal(
    figure.finding,
    "llama-1-slot was ready after 61.00 s (longest: importing with 21.00 s) and llama-8-slots " +
      "was ready after 81.00 s (longest: importing with 21.00 s).",
  );
  const bars = [...figure.svg.matchAll(/<rect x="([\d.]+)" width="([\d.]+)"[^>]*><title>/g)]
    .map(([, x, width]) => [Number(x), Number(width)] as const);
  assert.equal(bars.length, 5 + 6);
  for (const one of [bars.slice(0, 5), bars.slice(5)]) {
    one.slice(1).forEach(([x], i) => {
      const gap = x - (one[i]![0] + one[i]![1]);
      assert.ok(Math.abs(gap - 1) < 0.01, `${gap} px`);
    });
  }
  assert.equal(figure.table.rows[0]!["compiling"], null);
  assert.equal(figure.table.rows[1]!["ready_s"], 81);
});

Deno.test("a side that failures leave open is drawn to the edge and called unbounded", () => {
  const one = comparisonsOf(realLevels()).map((row) => ({ ...row, high: null }));
  const figure = ratioForest(one, "output_tokens_per_s")!;
  assert.match(figure.svg, /1\.65 \(1\.60 to unbounded\)/);
});

Deno.test("the zone of a tie is drawn, and a claim is told from what is exploratory", () => {
  const { svg } = ratioForest(comparisonsOf(realLevels()), "output_tokens_per_s")!;
  assert.equal([...svg.matchAll(/aria-label="bar"/g)].length, 1);
  const dots = svg.slice(svg.indexOf('aria-label="dot"'));
  assert.equal([...dots.matchAll(/<circle [^>]*fill="none"/g)].length, 2);
  assert.equal([...dots.matchAll(/<circle [^>]*fill="#/g)].length, 1);
});

Deno.test("an entry's name cannot break out of the drawing", () => {
  const rows = changed(realLevels(), (row) => ({ engine: `${row.engine[6]}<script>&"'` }));
  for (const figure of allFigures(rows)) {
    assert.ok(!figure.svg.includes("<script"), figure.id);
    assert.ok(placedTexts(figure.svg).length > 0, figure.id);
  }
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

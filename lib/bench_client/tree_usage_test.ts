import assert from "node:assert/strict";
import { parseStat, type ProcessStat, TreeUsage } from "./tree_usage.ts";

const UNITS = { ticks_per_s: 100, page_bytes: 4096 };
const process = (pid: number, parent: number, rest: Partial<ProcessStat> = {}): ProcessStat => ({
  pid,
  parent,
  started: pid,
  cpu_ticks: 0,
  rss_pages: 1,
  ...rest,
});
const used = (usage: TreeUsage) => usage.samples.map(({ cpu_s }) => cpu_s);

Deno.test("a process is read whatever its name", () => {
  const rest = "S 7 8 8 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 1 0 12345 1000000 321 0";
  assert.deepEqual(parseStat(`42 (a) b (c) ${rest}`), {
    pid: 42,
    parent: 7,
    started: 12345,
    cpu_ticks: 300,
    rss_pages: 321,
  });
});

Deno.test("children and their children count, others do not", () => {
  const usage = new TreeUsage(10, UNITS);
  const all = [
    process(12, 11, { cpu_ticks: 100, rss_pages: 5 }),
    process(11, 10, { cpu_ticks: 20, rss_pages: 3 }),
    process(10, 1, { cpu_ticks: 3 }),
    process(20, 1, { cpu_ticks: 9999, rss_pages: 9999 }),
  ];
  usage.look(0, all);
  assert.deepEqual(used(usage), [1.23]);
  assert.equal(usage.peak_bytes, 9 * 4096);
});

Deno.test("what ended stays counted, and a process whose parent ended stays in the tree", () => {
  const usage = new TreeUsage(10, UNITS);
  usage.look(0, [process(10, 1), process(11, 10, { cpu_ticks: 200 }), process(12, 11)]);
  usage.look(1, [process(10, 1), process(12, 1, { cpu_ticks: 50 })]);
  usage.look(2, [process(10, 1), process(12, 1, { cpu_ticks: 80 }), process(13, 12)]);
  assert.deepEqual(used(usage), [2, 2.5, 2.8]);
  assert.equal(usage.latest_s, 2.8);
  assert.equal(usage.peak_bytes, 3 * 4096);
});

Deno.test("an id that another process has now is no member", () => {
  const usage = new TreeUsage(10, UNITS);
  usage.look(0, [process(10, 1), process(11, 10, { cpu_ticks: 100 })]);
  usage.look(1, [process(10, 1), process(11, 1, { started: 99, cpu_ticks: 7000 })]);
  assert.deepEqual(used(usage), [1, 1]);
});

Deno.test("between two looks the use is taken as even", () => {
  const usage = new TreeUsage(10, UNITS);
  for (const [at_ms, cpu_ticks] of [[0, 0], [100, 100], [200, 300]]) {
    usage.look(at_ms!, [process(10, 1, { cpu_ticks: cpu_ticks! })]);
  }
  assert.equal(usage.between(50, 150), 1.5);
  assert.equal(usage.between(-1000, 5000), 3);
});

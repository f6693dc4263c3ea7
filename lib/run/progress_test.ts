import assert from "node:assert/strict";
import { clock, Progress, type TrialProgress } from "./progress.ts";

const TRIAL: TrialProgress = {
  label: "block 1 · a · prompts · 10 users",
  done: 50,
  failed: 0,
  total: 100,
  warmup: false,
};

/** A progress display on a clock that the test sets, with everything that it wrote. */
function display(isTerminal: boolean, { columns = 200, trials = 4 } = {}) {
  const written: string[] = [];
  const time = { now_ms: 0 };
  const sink = { isTerminal, columns, write: (text: string) => void written.push(text) };
  return { written, time, progress: new Progress(trials, sink, () => time.now_ms) };
}

/** What a terminal shows in the end: a carriage return and an erase take the open line away. */
function screenOf(written: string[]): string[] {
  return written.join("").split("\n").map((line) => line.split("\r\x1b[K").at(-1)!);
}

Deno.test("without a terminal the state is printed at most once in ten seconds, a whole line each", () => {
  const { written, time, progress } = display(false);
  for (time.now_ms = 0; time.now_ms < 30_000; time.now_ms += 100) progress.update(TRIAL);
  assert.equal(written.length, 3);
  assert(written.every((line) => /^\[1\/4\] [^\r\n]+\n$/.test(line)), written.join(""));
});

Deno.test("without a terminal final lines are printed at once and put the next state off", () => {
  const { written, time, progress } = display(false);
  progress.finishTrial("one: 100 requests");
  time.now_ms = 9_999;
  progress.update(TRIAL);
  assert.deepEqual(written, ["[1/4] one: 100 requests\n"]);
  time.now_ms = 10_000;
  progress.update(TRIAL);
  progress.finishTrial("two: 100 requests");
  assert.equal(written.length, 3);
  assert.match(written[1]!, /^\[2\/4\] block 1/);
  assert.equal(written[2], "[2/4] two: 100 requests\n");
});

Deno.test("a terminal's line is rewritten, at most four times a second", () => {
  const { written, time, progress } = display(true);
  for (time.now_ms = 0; time.now_ms < 1000; time.now_ms += 10) {
    progress.update({ ...TRIAL, done: time.now_ms / 10 });
  }
  const lines = written.filter((text) => text.startsWith("[1/4]"));
  assert.equal(lines.length, 4);
  assert(!written.join("").includes("\n"));
  assert.deepEqual(screenOf(written), [lines.at(-1)!]);
  assert.match(lines.at(-1)!, /: 75\/100 · 0:01 gone, about 0:03 left$/);
});

Deno.test("on a terminal lines that stay push the open line away and are never rewritten", () => {
  const { written, time, progress } = display(true);
  progress.say("block 1 · a: starting");
  progress.update(TRIAL);
  progress.finishTrial("one: 100 requests");
  time.now_ms = 1000;
  progress.update({ ...TRIAL, done: 1 });
  const screen = screenOf(written);
  assert.deepEqual(screen.slice(0, 2), ["block 1 · a: starting", "[1/4] one: 100 requests"]);
  assert.match(screen[2]!, /^\[2\/4\] block 1 · a · prompts · 10 users: 1\/100/);
  progress.say("done");
  assert.deepEqual(screenOf(written).slice(0, 4), [...screen.slice(0, 2), "done", ""]);
});

Deno.test("a line never reaches the last column, where a terminal would break it", () => {
  const { written, progress } = display(true, { columns: 30 });
  progress.update(TRIAL);
  assert.equal(written[0]!.length, 29);
});

Deno.test("the time left follows from the share that is done, once that is worth saying", () => {
  const { written, time, progress } = display(false);
  progress.finishTrial("one");
  time.now_ms = 60_000;
  progress.update(TRIAL);
  // 1.5 of 4 trials in 60 s: 160 s in all, 100 s left.
  assert.match(written[1]!, /: 50\/100 · 1:00 gone, about 1:40 left\n$/);
  const early = display(false, { trials: 100 });
  early.progress.update(TRIAL);
  assert.match(early.written[0]!, /: 50\/100 · 0:00 gone\n$/);
});

Deno.test("failures are said as soon as there is one", () => {
  const { written, progress } = display(false);
  progress.update({ ...TRIAL, failed: 2 });
  assert.match(written[0]!, /: 50\/100, 2 failed · /);
});

Deno.test("times are minutes and seconds", () => {
  assert.deepEqual(
    [0, 499, 500, 59_499, 59_500, 61_000, 3_600_000].map(clock),
    ["0:00", "0:00", "0:01", "0:59", "1:00", "1:01", "60:00"],
  );
});

Deno.test("warm-up is shown and takes nothing off the time that is left", () => {
  const { progress, time, written } = display(true, { trials: 2 });
  progress.finishTrial("first");
  time.now_ms = 60_000;
  progress.update({ ...TRIAL, warmup: true, done: TRIAL.total });
  assert.match(screenOf(written).at(-1)!, /, warm-up: /);
  assert.match(screenOf(written).at(-1)!, /1:00 gone, about 1:00 left/);
});

Deno.test("a starting server's phase is shown with its time, once the start takes long", () => {
  for (const isTerminal of [true, false]) {
    const { written, time, progress } = display(isTerminal);
    const starting = (total_s: number) => {
      time.now_ms = total_s * 1000;
      progress.starting("block 1 · a", {
        phase: "loading_weights",
        phase_s: total_s - 3,
        total_s,
      });
    };
    starting(0.1);
    starting(isTerminal ? 0.2 : 9.9);
    assert.deepEqual(written, []);
    starting(75);
    starting(75.1);
    assert.match(written.join(""), /^block 1 · a: loading weights for 1:12, launched 1:15 ago\n?$/);
    progress.say("up");
    assert.equal(screenOf(written).at(-2), "up");
  }
});

import assert from "node:assert/strict";
import { blocker, type Check, nextCommand, ok, renderChecks, warning } from "./check.ts";

const long = Array(30).fill("word").join(" ");
const CHECKS = [ok("disk", "enough"), warning("a longer topic", long, long)];

Deno.test("texts stand beside their topics in a wide terminal and under them in a narrow one", () => {
  for (const columns of [60, 80, 99, 100, 120, 200]) {
    const lines = renderChecks(CHECKS, columns).split("\n").slice(0, -1);
    assert.ok(lines.every((line) => line.length <= Math.min(columns, 120)), `${columns}`);
  }
  assert.match(
    renderChecks(CHECKS, 120),
    /^ok {7}disk {12}enough\nwarning {2}a longer topic {2}word/,
  );
  assert.match(renderChecks(CHECKS, 80), /^ok {7}disk: enough\nwarning {2}a longer topic: word/);
  assert.match(renderChecks(CHECKS, 80), /\n {9}to do: word/);
});

Deno.test("what is in the way decides which command comes next", () => {
  const next = (...checks: Check[]) => nextCommand(checks, "configs/a.yaml");
  assert.match(next(...CHECKS), /^next: deno task bench --config configs\/a\.yaml --dry-run/);
  const engine = blocker("engine vllm", "not here", "install it");
  assert.match(next(engine), /^next: deno task setup --config configs\/a\.yaml, then .* doctor/);
  const both = next(engine, blocker("disk", "full", "free some"));
  assert.match(both, /^next: put right what blocks \(disk\), then deno task doctor --config/);
});

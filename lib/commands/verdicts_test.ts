import assert from "node:assert/strict";
import { run } from "@/test_servers/command_line.ts";

Deno.test("bench:verdicts prints a row for each simulated cell and what the blocks resolve", async () => {
  const { code, stdout, stderr } = await run(["bench:verdicts", "--studies", "60"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Simulated studies, not measurements: 3 entries, 6 blocks, margin 5 %/);
  assert.equal(stdout.match(/^(none|drift|warm-up|autocorrelation) /gm)!.length, 4 * 15);
  assert.equal(stdout.match(/^bimodal launches .*flagged, nothing promised$/gm)!.length, 15);
  assert.match(stdout, /^ +2 +6\.9 +6\.1 +35\.2 +59\.8$/m);
});

Deno.test("a number of studies that is none is wrong usage", async () => {
  const { code, stderr } = await run(["bench:verdicts", "--studies", "many"]);
  assert.equal(code, 2);
  assert.match(stderr, /--studies many: a number of at least 1 is needed/);
});

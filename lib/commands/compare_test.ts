import assert from "node:assert/strict";
import { csvParse } from "d3-dsv";
import { run } from "@/test_servers/command_line.ts";

const RUN = "data/laptop-2026-11-24";

Deno.test("compare prints advice and every verdict, and marks what is exploratory", async () => {
  const { code, stdout } = await run(["compare", RUN]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^laptop-2026-11-24 · short: output throughput at 8 users\n {2}Exploratory: llama-8-slots\./,
  );
  assert.match(
    stdout,
    /\n~ Median TPOT at 8 users, llama-8-slots against llama-1-slot: llama-1-slot is better, 7\.68 times as good \(6\.73\.\.8\.75\) \[95 % interval, 6 launches each; exploratory\]/,
  );
});

Deno.test("JSON and CSV hold every comparison", async () => {
  const { stdout } = await run(["compare", RUN, "--json"]);
  const rows = JSON.parse(stdout);
  assert.equal(rows.length, 4 * 3);
  assert.deepEqual(
    new Set(rows.map((row: { verdict: string }) => row.verdict)),
    new Set([
      "tie",
      "inconclusive",
      "better",
    ]),
  );
  const csv = csvParse((await run(["compare", RUN, "--csv"])).stdout.trim());
  assert.equal(csv.length, rows.length);
  assert.equal(csv[0]!["exploratory_because"], rows[0].exploratory_because.join("; "));
});

Deno.test("--baseline looks from the other entry, and --fail-if-worse gives 3 when an interval says so", async () => {
  const { stdout } = await run(["compare", RUN, "--baseline", "llama-8-slots", "--json"]);
  const top = JSON.parse(stdout).find((row: { load: string; metric: string }) =>
    row.load === "closed 8" && row.metric === "output_tokens_per_s"
  );
  assert.deepEqual([top.a, top.b, top.winner, top.ratio.toFixed(3)], [
    "llama-1-slot",
    "llama-8-slots",
    "b",
    "0.726",
  ]);
  const worse = await run(["compare", RUN, "--baseline", "llama-1-slot", "--fail-if-worse", "50"]);
  assert.equal(worse.code, 3);
  assert.match(worse.stderr, /worse than llama-1-slot by more than 50 %: Median TPOT at 2 users/);
  const fine = await run([
    "compare",
    RUN,
    "--baseline",
    "llama-1-slot",
    "--fail-if-worse",
    "99",
    "--csv",
  ]);
  assert.equal(fine.code, 3, "TPOT at 8 users is seven times as long");
});

Deno.test("wrong names and numbers are refused with what to do", async () => {
  const unknown = await run(["compare", RUN, "--baseline", "nobody"]);
  assert.deepEqual([unknown.code, unknown.stderr.includes("no entry of that name was compared")], [
    2,
    true,
  ]);
  const alone = await run(["compare", RUN, "--fail-if-worse", "5"]);
  assert.match(alone.stderr, /--fail-if-worse needs --baseline/);
  const text = await run(["compare", RUN, "--baseline", "llama-1-slot", "--fail-if-worse", "much"]);
  assert.match(text.stderr, /a percentage from 0 to below 100 is needed/);
});

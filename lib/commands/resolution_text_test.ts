import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { resolutionText } from "./resolution_text.ts";

const text = (entries: number, benchmark: object) =>
  resolutionText(configSchema.parse({
    engines: Object.fromEntries(
      Array.from({ length: entries }, (_, i) => [`e${i}`, { kind: "vllm" }]),
    ),
    benchmark,
  }));

Deno.test("six blocks of three entries resolve what method note 0b C says", () => {
  // At a margin of 3 %: better with 80 % power from 5.0, 6.9 and 13 % at s_d = 1, 2 and 5 %; a true
  // tie in 99, 35 and 1 %: without pooling. Pooled residuals, which three entries get, see a bit more.
  const margins = { throughput_percent: 3, tpot_percent: 3, ttft_percent: 3 };
  const lines = text(3, { blocks: 6, margins }).split("\n").filter((line) =>
    /^ {2}\d %/.test(line)
  );
  const numbers = lines.map((line) => {
    const [, better, tie] = line.match(/true ([\d.]+) %, a true tie in (\d+) %/)!;
    return [Number(better), Number(tie)];
  });
  for (const [i, [better, tie]] of [[5, 99], [6.9, 35], [13, 1]].entries()) {
    const [seen, shown] = numbers[i]!;
    assert.ok(seen! <= better! + 0.05 && seen! >= 0.8 * better!, lines[i]);
    assert.ok(shown! >= tie!, lines[i]);
  }
});

Deno.test("the primary metrics stand first, looks each have their line, few blocks are called so", () => {
  const planned = text(2, { looks: [6, 12] });
  assert.match(
    planned,
    /^verdicts rest on .*\n {2}prompts: output throughput at closed 100, workload prompts/,
  );
  assert.match(
    planned,
    /6 blocks of 2 real entries resolve(.|\n)*12 blocks of 2 real entries resolve/,
  );
  assert.match(text(2, { blocks: 3 }), /3 blocks of 2 real entries \(exploratory: fewer than 5\)/);
  assert.match(text(2, { blocks: 1 }), /1 block of 2 real entries shows nothing/);
});

import assert from "node:assert/strict";
import { parityFindings } from "@/analysis/parity.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { paritySections } from "./parity_section.ts";
import { figuresOf } from "./report_blocks.ts";
import { reportContent } from "./report_content.ts";
import { renderMarkdown } from "./markdown_report.ts";
import { sampleInput } from "./sample_input.ts";

function withArm(arm: "equalised" | "tuned") {
  const input = sampleInput();
  input.manifests[0]!.config.arm = arm;
  return input;
}

Deno.test("the arm stands in the report's title, in those of its results and of each figure", () => {
  const content = reportContent(withArm("tuned"));
  assert.match(content.title, /\[tuned\]$/);
  const figures = figuresOf(content);
  assert.ok(figures.length > 0);
  for (const { title } of figures) assert.match(title, /\[tuned\]$/);
  const [answer] = content.sections;
  assert.match(answer!.title, /\[tuned\]$/);
});

Deno.test("a run that states no arm has no such words", () => {
  assert.doesNotMatch(renderMarkdown(reportContent(sampleInput())), /\[(tuned|settings equal)/);
});

Deno.test("what was asked and achieved is a table, and what is unequal is warned of first", () => {
  const input = withArm("equalised");
  const { manifests: [manifest] } = input;
  manifest!.departures = { "llama-8-slots": ["max_sequences 8 (the entry's own in place of 1)"] };
  const audited = (entry: string, value: number) => ({
    entry,
    kind: "llama-cpp",
    launch_id: `b1-${entry}`,
    parity: [{
      setting: "max_sequences",
      asked: value,
      achieved: value,
      source: "/props",
      verdict: "equal",
    }],
  } as unknown as LaunchRecord);
  const launches = [audited("llama-1-slot", 1), audited("llama-8-slots", 8)];
  input.launchesOf = new Map([[manifest!.run_id, launches]]);
  assert.equal(parityFindings(manifest!, launches).length, 1);
  const page = renderMarkdown(reportContent(input));
  assert.match(page, /Settings are not equal: max\\_sequences is llama-1-slot 1, llama-8-slots 8/);
  const [section] = paritySections(input);
  const kinds = section!.blocks.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["box", "table", "facts"]);
});

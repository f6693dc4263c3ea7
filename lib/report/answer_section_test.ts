import assert from "node:assert/strict";
import { renderHtml } from "./html_report.ts";
import { renderMarkdown } from "./markdown_report.ts";
import { reportContent } from "./report_content.ts";
import { sampleInput } from "./sample_input.ts";
import { warningsOf } from "./warnings_section.ts";

Deno.test("each use case has its verdict first, then conditions, changes, cost and what to do next", () => {
  const [answer] = reportContent(sampleInput()).sections;
  const [real] = answer!.sections;
  const [batch] = real!.sections;
  assert.equal(batch!.title, "batch: output throughput at 8 users, workload prompts");
  const [verdict, rest] = batch!.blocks;
  assert.ok(verdict!.kind === "sentences" && rest!.kind === "sentences");
  assert.match(
    verdict.items[0]!.text,
    /^llama-8-slots\. Its output throughput is better than that of llama-1-slot by 65\.0 %/,
  );
  const labels = rest.items.map(({ label }) => label).filter((label) => label !== null);
  assert.deepEqual(labels, ["Conditions", "What would change it", "Cost", "Next experiment"]);
});

Deno.test("every sentence of the advice links to what it stands on", () => {
  const html = renderHtml(reportContent(sampleInput()));
  const ids = new Set([...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!));
  const links = [...html.matchAll(/class="evidence" href="#([^"]+)"/g)].map(([, target]) =>
    target!
  );
  assert.ok(links.length >= 10);
  for (const target of links) assert.ok(ids.has(target), target);
});

Deno.test("letters stand before compared values, and nothing is called best by its median", () => {
  const text = renderMarkdown(reportContent(sampleInput()));
  assert.match(text, /\| 8 \| llama-8-slots \| \*\*a\*\* 121\.9 \(115\.8 to 130\.4\)/);
  assert.match(text, /\| 8 \| llama-1-slot \| \*\*b\*\* 73\.9/);
  assert.match(text, /\| 1 \| llama-1-slot \| \*\*a\*\* 72\.8 \(69\.2 to 77\.9\)/);
  assert.match(text, /\| 1 \| llama-8-slots \| \*\*a\*\* 71\.2/);
});

Deno.test("failed gates stand on top, and unlike work is warned of before small doubts", () => {
  const input = sampleInput();
  const gate = {
    gate: "prompt tokens",
    value: "1 of 2 prompts differ",
    limit: "equal for each prompt",
    pass: false,
    cause: "plan" as const,
    fails_to: "not comparable" as const,
  };
  input.comparisons = input.comparisons.map((row) => ({ ...row, gates: [gate] }));
  const [answer] = reportContent(input).sections;
  const [box] = answer!.blocks;
  assert.ok(box!.kind === "sentences" && box!.tone === "warning");
  assert.match(
    box!.items[0]!.text,
    /^Failed gates: 2 of 45 trials SUSPECT \(client lag p99\); \d+ comparisons of unlike work\.$/,
  );
  const warnings = warningsOf(input);
  const at = warnings.findIndex((text) => text.startsWith("Not comparable, "));
  assert.ok(at > 0 && at < warnings.findIndex((text) => text.startsWith("SUSPECT")));
});

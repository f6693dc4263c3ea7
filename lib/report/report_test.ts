import assert from "node:assert/strict";
import { renderHtml } from "./html_report.ts";
import { renderMarkdown } from "./markdown_report.ts";
import { figuresOf } from "./report_blocks.ts";
import { reportContent } from "./report_content.ts";
import { sampleInput } from "./sample_input.ts";
import { warningsOf } from "./warnings_section.ts";

/** What a reader sees of a page: no tags, no escapes, one space between words. */
function words(page: string): string {
  return page.replace(/<(style|script)\b.*?<\/\1>/gs, "").replace(/<[^>]+>/g, " ")
    .replace(/\\([\\`*_[\]|~$])/g, "$1").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
}

Deno.test("both renderers say the question, every answer, every warning and every finding", () => {
  const input = sampleInput();
  const content = reportContent(input);
  const expected = [
    content.question!,
    ...input.advice.flatMap((
      { title, sentences },
    ) => [title, ...sentences.map(({ text }) => text)]),
    ...warningsOf(input),
    ...figuresOf(content).flatMap((figure) => [figure.finding, figure.how_to_read]),
  ];
  assert.ok(expected.length > 30);
  for (const page of [words(renderHtml(content)), words(renderMarkdown(content))]) {
    for (const sentence of expected) assert.ok(page.includes(sentence), sentence);
  }
});

Deno.test("the answer comes before the warnings, and both before any number or figure", () => {
  const ids = reportContent(sampleInput()).sections.map((section) => section.id);
  assert.deepEqual(ids, [
    "answer",
    "warnings",
    "setup",
    "comparison-real",
    "comparison-simulated",
    "startup-real",
    "startup-simulated",
    "trials",
    "method",
  ]);
});

Deno.test("real and simulated engines are never in one table, and simulated is said everywhere", () => {
  const [real, simulated] = ["comparison-real", "comparison-simulated"].map((id) => {
    const content = reportContent(sampleInput());
    return { ...content, sections: content.sections.filter((section) => section.id === id) };
  });
  const realPage = words(renderMarkdown({ ...real!, question: null, subtitle: "" }));
  assert.ok(!/sim-|simulated/.test(realPage));
  for (const { title, sections } of simulated!.sections) {
    assert.match(title, /simulated/);
    for (const part of sections) assert.match(part.title, /simulated/);
  }
  for (const figure of figuresOf(simulated!)) assert.match(figure.title, /simulated/);
  const page = words(renderMarkdown(simulated!));
  assert.match(page, /Medians over launches \(simulated\)/);
  assert.ok(!page.includes("llama-"));
});

Deno.test("warnings group trials that differ only in their number and put INVALID first", () => {
  const input = sampleInput();
  input.summary = input.summary.map((row) =>
    row.engine === "sim-vllm" && row.concurrency === 4
      ? {
        ...row,
        verdict: "INVALID",
        reasons: [`concurrency was ${row.block / 10 + 3} of 4`],
        failed: 2,
      }
      : row
  );
  const warnings = warningsOf(input);
  assert.deepEqual(warnings.slice(0, 4), [
    "vllm: not run, because this machine has no GPU",
    "INVALID, 3 trials of 45 (sim-vllm (simulated) at 4 concurrent): for example: concurrency was 3.1 of 4",
    "Failed requests: 6 of 420 of sim-vllm (simulated). They count as infinitely slow in its percentiles.",
    "SUSPECT, 2 trials of 45 (llama-1-slot at 8 concurrent; llama-8-slots at 8 concurrent): for example: client lag p99 was 11.4 ms, limit 10 ms",
  ]);
  assert.match(warnings[4]!, /^Small run: 3 launches of each entry/);
  assert.equal(warnings.length, 5);
});

Deno.test("shared cores, uncommitted changes, damaged data and failed launches are warned of", () => {
  const input = sampleInput();
  const [manifest] = input.manifests;
  manifest!.git!.dirty = true;
  manifest!.pinning = { server_cores: null, client_cores: null, note: "Only one core is free." };
  manifest!.config_notes = ["batch_size: not used"];
  input.problems = ["journal.ndjson line 7 could not be read"];
  input.launches[0] = { ...input.launches[0]!, outcome: "failed", error: "port taken" };
  const warnings = warningsOf(input).join("\n");
  assert.match(warnings, /journal\.ndjson line 7/);
  assert.match(warnings, /Launch failed: .*port taken/);
  assert.match(warnings, /Config: batch_size: not used/);
  assert.match(warnings, /uncommitted changes/);
  assert.match(warnings, /shared the processor's cores.*Only one core is free\./);
});

Deno.test("names and questions with markup in them are shown and not obeyed", () => {
  const bad = `</script><script>alert("1")</script><img src=x onerror=alert(2)> |*_`;
  const input = sampleInput();
  input.manifests[0]!.config.question = bad;
  input.levels = input.levels.map((row) => ({ ...row, engine: `${row.engine}${bad}` }));
  input.summary = input.summary.map((row) => ({ ...row, reasons: [bad] }));
  input.comparisons = input.comparisons.map((row) => ({ ...row, a: bad, sentence: bad }));
  input.advice = input.advice.map((advice) => ({
    ...advice,
    sentences: advice.sentences.map((sentence) => ({ ...sentence, text: bad })),
  }));
  const content = reportContent(input);
  const html = renderHtml(content);
  assert.equal(html.split("<script").length - 1, 2);
  assert.ok(!html.includes("<img"));
  assert.ok(words(html).includes(bad));
  const markdown = renderMarkdown(content);
  assert.ok(!/<script|<img/.test(markdown.replace(/^```+(\w+)\n.*?^```+$/gms, "")));
  assert.ok(words(markdown).includes(bad));
});

Deno.test("a table row in Markdown has as many cells as its header", () => {
  const lines = renderMarkdown(reportContent(sampleInput())).split("\n");
  const cells = (line: string) => line.split(/(?<!\\)\|/).length;
  let width = 0;
  for (const [i, line] of lines.entries()) {
    if (!line.startsWith("|")) width = 0;
    else if (width === 0) width = cells(line);
    else assert.equal(cells(line), width, `line ${i + 1}: ${line}`);
  }
});

Deno.test("the embedded data are the rows, and the CSV has one line a trial", () => {
  const input = sampleInput();
  input.summary[0]!.reasons = ['said "no", twice'];
  const html = renderHtml(reportContent(input));
  const embedded = /id="report-data">(.*?)<\/script>/s.exec(html)![1]!;
  const data = JSON.parse(embedded);
  assert.deepEqual(data.json.trials, input.summary);
  assert.deepEqual(data.json.levels, input.levels);
  const lines = data.csv.trimEnd().split("\n");
  assert.equal(lines.length, input.summary.length + 1);
  assert.match(
    lines[0],
    /^run_id,trial_id,launch_id,role,engine,.*,memory_bytes,memory_peak_bytes,memory_label,ready_s,kv_cache_tokens,measured_by,verdict,reasons$/,
  );
  assert.match(lines[1], /,"said ""no"", twice"$/);
});

Deno.test("ids are unique in the page and every link inside it leads somewhere", () => {
  const html = renderHtml(reportContent(sampleInput()));
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target!));
});

Deno.test("a run in which nothing was measured still says what happened", () => {
  const input = {
    ...sampleInput(),
    summary: [],
    levels: [],
    comparisons: [],
    advice: [],
    recommendations: [],
  };
  input.launches = [];
  for (const page of [renderHtml(reportContent(input)), renderMarkdown(reportContent(input))]) {
    assert.match(words(page), /No trial was measured, so there is no answer/);
    assert.match(words(page), /not run, because this machine has no GPU/);
    assert.ok(!/NaN|Infinity|undefined/.test(words(page)));
  }
});

Deno.test("several runs and workloads each have their own headings and figures", () => {
  const input = sampleInput();
  input.manifests.push({ ...input.manifests[0]!, run_id: "second" });
  input.levels.push(...input.levels.map((row) => ({ ...row, workload: "chat.long" })));
  const content = reportContent(input);
  const ids = figuresOf(content).map((figure) => figure.id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.includes("real-chat-long-ttft"));
  assert.match(renderMarkdown(content), /TTFT by concurrency, workload chat.long/);
  assert.match(content.title, /sample and second/);
});

Deno.test("commands are shown without the folders of the machine they ran on", () => {
  const html = words(renderHtml(reportContent(sampleInput())));
  assert.match(html, /python3 …\/server\.py --port 0/);
  assert.ok(!html.includes("/somewhere/deep"));
  assert.match(html, /task bench --config configs\/sample\.yaml/);
});

Deno.test("starts are told by phase and simulated ones apart, and the set-up has what the logs told", () => {
  const content = reportContent(sampleInput());
  const [real, simulated, setup] = ["startup-real", "startup-simulated", "setup"].map((id) =>
    words(renderMarkdown({
      ...content,
      question: null,
      subtitle: "",
      sections: content.sections.filter((section) => section.id === id),
    }))
  );
  assert.ok(!/sim-|simulated/.test(real!));
  assert.match(simulated!, /sim-vllm \(simulated\)/);
  assert.match(real!, /\| llama-1-slot \| 21\.00 \(19\.95 to 22\.47\) \| 12\.00 /);
  assert.match(setup!, /KV cache \(tokens\)/);
  assert.match(setup!, /\| llama-8-slots \| 2,048 \| – \| 0\.09 \| – \| 8\.00 \|/);
  for (const row of simulated!.matchAll(/\| (sim-\S+)( \S+)? /g)) {
    assert.equal(row[2], " (simulated)");
  }
});

Deno.test("older runs, whose launches recorded no phases, have no section of starts", () => {
  const input = { ...sampleInput(), startups: [], agreements: new Map() };
  const page = renderMarkdown(reportContent(input));
  assert.ok(!/startup-|Agreement of the first tokens/.test(page));
  assert.match(
    words(renderMarkdown(reportContent(sampleInput()))),
    /Agreement of the first tokens\*\*: llama-8-slots with llama-1-slot: 3 of 3 prompts, 100 %/,
  );
});

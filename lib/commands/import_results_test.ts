import assert from "node:assert/strict";
import { sample } from "@/import/testdata/imported.ts";
import { PROJECT, run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";

const FILES = [
  "engine-a=" + sample("vllm_bench_0.32.0/real_vllm_chat_c4.json"),
  sample("sglang_0.5.23/out.jsonl"),
  sample("aiperf_0.13.0/profile_export.jsonl"),
  sample("guidellm_0.8.1/benchmarks.json"),
  sample("genai_bench_0.0.5/small_2x4.json"),
  sample("inference_perf_0.7.0/stage_0_lifecycle_metrics.json"),
];

Deno.test("imported files become a run folder that summary and report read, marked everywhere", async () => {
  using folder = new TempFolder();
  const output = folder.file("foreign");
  const done = await run(["import", ...FILES, "--output", output]);
  assert.deepEqual([done.code, done.stderr], [0, ""]);
  assert.equal(done.stdout.trimEnd().split("\n").at(-1), output);

  const table = await run(["summary", output]);
  assert.match(table.stdout, /^engine +measured by /);
  const json = await run(["summary", output, "--json"]);
  const rows = JSON.parse(json.stdout) as { engine: string; measured_by: string }[];
  assert.equal(rows.length, FILES.length);
  assert.equal(rows[0]!.engine, "engine-a");
  assert(rows.every(({ measured_by }) => measured_by !== "this project"));
  const csv = await run(["summary", output, "--csv"]);
  assert.match(csv.stdout.split("\n")[0]!, /,measured_by,/);

  const page = `reports/import-test-${Deno.pid}`;
  try {
    const written = await run(["report", output, "--output", page]);
    assert.equal(written.code, 0, written.stderr);
    const markdown = Deno.readTextFileSync(`${PROJECT}/${page}/report.md`);
    const html = Deno.readTextFileSync(`${PROJECT}/${page}/index.html`);
    for (const text of [markdown, html]) {
      assert.match(text, /Imported, measured by/);
      for (const tool of ["AIPerf 0.13.0", "GuideLLM 0.8.1", "genai-bench 0.0.5"]) {
        assert(text.includes(tool), tool);
      }
      assert(!text.includes(folder.path) && !text.includes(PROJECT), "a folder of this machine");
    }
    assert.match(
      markdown,
      /\| 4 \| engine-a \(imported\) \| vllm bench serve .* 970\.7 \(1 file\)/,
    );
    assert.doesNotMatch(markdown, /Real engines|sha256 ,|uncommitted/);
  } finally {
    Deno.removeSync(`${PROJECT}/${page}`, { recursive: true });
  }
});

Deno.test("one bad file makes the exit code 1 and costs the others nothing", async () => {
  using folder = new TempFolder();
  const bad = folder.file("cut.json", '{"ttfts": [');
  const done = await run(["import", FILES[1]!, bad, "--output", folder.file("foreign")]);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /^not imported: .*cut\.json is no whole JSON .*; was it cut off\?\n$/);
  assert.match(done.stdout, /SGLang bench_serving/);
});

Deno.test("wrong usage of import is told with what was expected", async () => {
  using folder = new TempFolder();
  const output = folder.file("foreign");
  const wrong: [args: string[], why: RegExp][] = [
    [["nowhere.json", "--output", output], /nothing was imported:\nnowhere\.json is not there/],
    [[FILES[1]!, "--output", output, "--tool", "x"], /--tool x: expected one of aiperf, guidellm/],
    [[FILES[1]!, "--output", output, "--concurrency", "0"], /expected a whole number from 1 on/],
    [[FILES[1]!, "--output", folder.path], /is not empty; give --output a new folder/],
  ];
  folder.file("something", "here");
  for (const [args, why] of wrong) {
    const { code, stderr } = await run(["import", ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, why);
  }
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { compareEntries } from "@/analysis/comparison.ts";
import { importFiles } from "./import_files.ts";
import { readerOf, READERS, readTrials } from "./readers.ts";
import { readSource } from "./source_file.ts";
import { imported, sample, sampleJson, withFile } from "./testdata/imported.ts";

const SAMPLES: Record<string, string[]> = {
  aiperf: ["aiperf_0.13.0/profile_export.jsonl", "aiperf_0.13.0/profile_export_aiperf.json"],
  guidellm: ["guidellm_0.8.1/benchmarks.json"],
  "vllm-bench": [
    "vllm_bench_0.32.0/c1.json",
    "vllm_bench_0.32.0/real_vllm_chat_c4.json",
    "vllm_bench_0.32.0/real_vllm_completions_c4.json",
  ],
  sglang: ["sglang_0.5.23/out.jsonl"],
  "genai-bench": ["genai_bench_0.0.5/small_2x4.json"],
  "inference-perf": [
    "inference_perf_0.7.0/stage_0_lifecycle_metrics.json",
    "inference_perf_0.7.0/per_request_lifecycle_metrics.json",
  ],
};

Deno.test("every sample is recognised by its own tool's reader and by no other", () => {
  assert.deepEqual(Object.keys(SAMPLES), READERS.map(({ tool }) => tool));
  for (const [tool, names] of Object.entries(SAMPLES)) {
    for (const name of names) {
      const source = readSource(sample(name));
      assert.deepEqual(
        READERS.filter((reader) => reader.recognises(source)).map((reader) => reader.tool),
        [tool],
        name,
      );
    }
  }
});

Deno.test("what is no result says what was seen and what to do", async () => {
  const seen: [name: string, content: string, why: RegExp][] = [
    ["a.json", "", /a\.json is empty; was the benchmark cut off\?/],
    ["a.json", '{"ttfts": [0.1, ', /a\.json is no whole JSON \(.*\); was it cut off\?/],
    ["a.json", '{"hello": 1}', /is no result file of aiperf, .* \(its keys: hello\)/],
    ["a.json", "[1, 2]", /\(it holds a list of 2\)/],
    ["a.jsonl", '{"a": 1}\n{"b": \n', /a\.jsonl:2 is no JSON: \{"b": …; if the line was cut off/],
    ["benchmarks.csv", "a,b\n1,2\n", /\(it is not JSON\); give benchmarks\.json/],
    ["engines.yaml", "model:\n  name: x\n", /a config is no result; deno task bench runs one/],
    ["experiment_metadata.json", '{"cmd": "x"}', /it is read with them/],
  ];
  for (const [name, content, why] of seen) {
    await assert.rejects(withFile(name, content, imported), why);
  }
  await assert.rejects(imported("nowhere.json"), /nowhere\.json is not there/);
  await assert.rejects(imported(import.meta.dirname!), /is a folder; name the result files in it/);
});

Deno.test("a named tool that is not the file's is contradicted", () => {
  const source = readSource(sample("guidellm_0.8.1/benchmarks.json"));
  assert.throws(
    () => readerOf(source, "aiperf"),
    /is of guidellm, not of aiperf; leave out --tool/,
  );
  assert.equal(readerOf(source, "guidellm").tool, "guidellm");
});

Deno.test("every sample cut anywhere is refused or read, never a crash", async () => {
  for (const name of Object.values(SAMPLES).flat()) {
    const text = Deno.readTextFileSync(sample(name));
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const cut = text.slice(0, Math.floor(share * text.length));
      const base = name.split("/")[1]!;
      await assert.rejects(
        withFile(base, cut, imported),
        (error: Error) => /cut off|beside it/.test(error.message),
      );
    }
  }
});

Deno.test("a bad file among good ones is named and loses nothing of them", async () => {
  await withFile("bad.json", '{"ttfts": [', async (bad) => {
    const { rows, problems, manifest } = await imported(
      sample("vllm_bench_0.32.0/c1.json"),
      bad,
      sample("sglang_0.5.23/out.jsonl"),
    );
    assert.equal(rows.length, 2);
    assert.equal(problems.length, 1);
    assert(problems[0]!.startsWith(`${bad} is no whole JSON`));
    assert.match(manifest.config_notes.join(), /^bad\.json is no whole JSON .* left out$/);
    assert(!JSON.stringify(manifest).includes(bad), "a folder of this machine in the manifest");
  });
});

Deno.test("without any good file nothing is written", async () => {
  await withFile("bad.json", "{", async (bad) => {
    const output = join(bad, "..", "run");
    const options = { output, tool: null, concurrency: null, argv: [], now: new Date(0) };
    const { run } = await importFiles([{ path: bad, entry: null }], options);
    assert.equal(run, null);
    assert.throws(() => Deno.statSync(output), Deno.errors.NotFound);
  });
});

Deno.test("the same entry and level once more is a block, the same file once more is not", async () => {
  const file = sample("vllm_bench_0.32.0/c1.json");
  const text = Deno.readTextFileSync(file).replace("20261124-212014", "20261124-213014");
  await withFile("again.json", text, async (again) => {
    const { rows, problems } = await imported(file, again, file);
    assert.deepEqual(rows.map(({ trial_id, block }) => [trial_id, block]), [
      ["b1-mock-imported-c1", 1],
      ["b2-mock-imported-c1", 2],
    ]);
    assert.match(problems.join(), /c1\.json was given twice; it is taken once/);
  });
});

Deno.test("one name out of several tools' files becomes an entry for each; a given name is kept", async () => {
  const { rows } = await imported(
    sample("aiperf_0.13.0/profile_export.jsonl"),
    sample("guidellm_0.8.1/benchmarks.json"),
    { path: sample("sglang_0.5.23/out.jsonl"), entry: "vllm" },
    sample("inference_perf_0.7.0/stage_0_lifecycle_metrics.json"),
  );
  assert.deepEqual(rows.map(({ engine, block }) => [engine, block]), [
    ["mock-aiperf", 1],
    ["mock-guidellm", 1],
    ["vllm", 1],
    ["vllm-inference-perf", 1],
  ]);
});

Deno.test("imported repeats are never compared with more than `cannot tell`", async () => {
  // One entry twice as slow as the other, in both repeats: own launches would decide.
  const slower = (factor: number) => {
    const file = sampleJson("vllm_bench_0.32.0/c1.json");
    const scaled = (times: number[]) => times.map((time) => factor * time);
    file.itls = file.itls.map(scaled);
    for (const key of ["ttfts", "start_times", "latencies"]) file[key] = scaled(file[key]);
    return JSON.stringify(file);
  };
  const folder = Deno.makeTempDirSync();
  try {
    const files = [["a", 1], ["a", 1.001], ["b", 2], ["b", 2.001]].map(([entry, factor], i) => {
      const path = join(folder, `${i}.json`);
      Deno.writeTextFileSync(path, slower(factor as number));
      return { path, entry: entry as string };
    });
    const { rows } = await imported(...files);
    const tpot = compareEntries(rows).find(({ metric }) => metric === "tpot_ms_p50")!;
    assert(tpot.high! < 1 / 1.9, `the interval ends at ${tpot.high}`);
    assert.deepEqual([tpot.verdict, tpot.winner, tpot.claim], [
      "inconclusive",
      null,
      "exploratory",
    ]);
    assert.match(
      tpot.sentence,
      /b against a: inconclusive: .*decide nothing \[95 % interval, 2 imported repeats each; exploratory\]/,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("different lengths of prompts are said, since the work was not the same", async () => {
  const { manifest } = await imported(
    { path: sample("vllm_bench_0.32.0/real_vllm_chat_c4.json"), entry: "chat" },
    { path: sample("vllm_bench_0.32.0/real_vllm_completions_c4.json"), entry: "plain" },
  );
  assert.match(
    manifest.config_notes.join(),
    /prompts have 64 tokens .* for plain .* and 77 for chat/,
  );
});

Deno.test("--concurrency says it for a file that does not, and contradicts none that does", async () => {
  const levelOf = (file: object) =>
    withFile("a.json", JSON.stringify(file), (path) => {
      const options = { tool: null, concurrency: 3 };
      return readTrials(readSource(path), options).trials[0]!.concurrency;
    });
  const file = sampleJson("vllm_bench_0.32.0/c1.json");
  assert.equal(await levelOf({ ...file, max_concurrency: null }), 3);
  assert.equal(await levelOf(file), 1);
});

Deno.test("a timeline is drawn only where the file tells when tokens came", async () => {
  const drawn = async (name: string) => (await imported(sample(name))).timelines.length;
  assert.equal(await drawn("aiperf_0.13.0/profile_export.jsonl"), 1);
  assert.equal(await drawn("guidellm_0.8.1/benchmarks.json"), 0);
  assert.equal(await drawn("sglang_0.5.23/out.jsonl"), 0);
});

Deno.test("imported results without repeats are not compared", async () => {
  const { rows } = await imported(
    sample("aiperf_0.13.0/profile_export.jsonl"),
    sample("guidellm_0.8.1/benchmarks.json"),
    sample("sglang_0.5.23/out.jsonl"),
  );
  const verdicts = new Set(compareEntries(rows).map(({ verdict }) => verdict));
  assert.deepEqual([...verdicts], ["not comparable"]);
});

/** The GPU studies from their files to the report, scaled down, on stand-ins: no number is an engine's. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { accuracyFindings } from "@/analysis/accuracy.ts";
import { parityRows } from "@/analysis/parity.ts";
import { readConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { readRunFolder } from "@/records/run_folder.ts";
import { renderMarkdown } from "@/report/markdown_report.ts";
import { reportContent } from "@/report/report_content.ts";
import { reportInput } from "@/report/report_input.ts";
import { PROJECT, run } from "@/test_servers/command_line.ts";
import { FakeHub } from "@/test_servers/fake_hub.ts";
import { withNvidiaSmi } from "@/test_servers/nvidia_smi_stand_in.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { executable } from "./stand_in_entries.ts";

const PROGRAMS: Record<string, string> = {
  "vllm": executable("vllm"),
  "sglang": executable("sglang"),
  "tensorrt-llm": executable("trtllm_serve"),
};

/** The study as it is, with stand-ins for its programs and few small requests. */
function scaledDown(name: string): Config {
  const { config } = readConfig(`configs/${name}.yaml`);
  const engines = Object.fromEntries(
    Object.entries(config.engines).map(([entry, settings]) => {
      const kept = Object.entries(settings).filter(([key]) => !["port", "version"].includes(key));
      return [entry, { ...Object.fromEntries(kept), executable: PROGRAMS[settings.kind] }];
    }),
  ) as unknown as Config["engines"];
  const benchmark = {
    concurrency_levels: [1, 2],
    requests_per_level: 3,
    warmup_requests: 0,
    max_tokens: 4,
    blocks: 2,
    warm_block: false,
    repeat_spoilt: false,
    start_timeout_s: 60,
  };
  const workloads = { short: { categories: ["short"] } };
  // Its use cases rest on loads that this does not have.
  const { use_cases: _, ...rest } = config;
  return { ...rest, engines, workloads, benchmark: benchmark as unknown as Config["benchmark"] };
}

for (const name of ["engines", "three-way-h100"]) {
  Deno.test(`${name}.yaml runs to its report on stand-ins, which every part calls by that name`, async () => {
    using folder = new TempFolder();
    const config = scaledDown(name);
    const path = folder.file("study.json", JSON.stringify(config));
    let stderr = "";
    await withNvidiaSmi({ memory: [4] }, async () => {
      const { PATH } = Deno.env.toObject();
      await using hub = new FakeHub({
        [config.model.name]: {
          revisions: { main: "c".repeat(40) },
          files: { "a.safetensors": "12345" },
        },
      });
      const env = { PATH: PATH!, BENCH_ENGINES_DIR: folder.file("cache"), HF_ENDPOINT: hub.url };
      const doctor = await run(["doctor", "--config", path], env);
      for (const entry of Object.keys(config.engines)) {
        assert.match(doctor.stdout, new RegExp(`^ok +engine ${entry} `, "m"), doctor.stdout);
      }
      assert.match(doctor.stdout.replaceAll(/\s+/g, " "), /may be read, 0\.0 GB; not downloaded/);
      const setup = await run(["setup", "--config", path, "--dry-run"], env);
      assert.equal(setup.code, 0, setup.stderr);
      assert.match(setup.stderr, new RegExp(`^ +${config.model.name} at commit c{12}`, "m"));
      assert.match(setup.stderr, /dry run: nothing was done/);
      const planned = await run(["bench", "--config", path, "--dry-run", "--price", "2"], env);
      assert.equal(planned.code, 0, planned.stderr);
      for (const [entry, { kind }] of Object.entries(config.engines)) {
        const start = new RegExp(
          `^${entry} \\(${kind}, equalised\\)\\n +command +\\S+_stand_in\\.sh `,
          "m",
        );
        assert.match(planned.stdout, start);
      }
      assert.match(planned.stdout, /time of the machine for \d entries on a GPU at 2 USD an hour/);
      const ended = await run([
        "bench",
        "--config",
        path,
        "--output",
        folder.file("run"),
        "--no-calibrate",
      ], env);
      assert.equal(ended.code, 0, ended.stderr);
      ({ stderr } = ended);
    });
    const entries = Object.keys(config.engines);
    const data = readRunFolder(folder.file("run"));
    // A busy machine may spoil a block for the client; it is run again.
    const first = data.launches.filter(({ launch_id }) => !launch_id.endsWith("-again"));
    assert.equal(first.length, 2 * entries.length);
    for (const { stand_in, simulated, outcome } of data.launches) {
      assert.match(stand_in!, /^stand-in for /);
      assert.deepEqual([simulated, outcome], [true, "stopped"]);
    }
    for (const launch of data.manifest.plan.launches) {
      assert.ok(launch.trials.every(({ simulated }) => simulated), "none enters as real");
    }

    // Equal settings reached the programs' own flags, and were read back from their words.
    const rows = parityRows(data.launches);
    const sequences = rows.find(({ setting }) => setting === "max_sequences")!;
    assert.ok(sequences.entries.every(({ asked }) => asked === 128));
    assert.notEqual(sequences.equal, "unequal");
    assert.match(stderr, /settings: \d+ of \d+ as asked/);
    for (const { launch_id, parity } of data.launches) {
      assert.deepEqual(data.manifest.achieved_settings?.[launch_id], parity);
    }

    // They cannot answer, all alike: no entry is called worse.
    const { scores, pairs } = accuracyFindings(data.manifest, data.accuracy!);
    assert.deepEqual(scores.map(({ items }) => items >= 200), entries.map(() => true));
    assert.ok(pairs.every(({ worse }) => worse === null));

    const content = reportContent(reportInput([data]));
    const page = renderMarkdown(content);
    assert.match(page, /Stand-ins, no engines: /);
    assert.match(content.title, /settings equalised/);
    for (const entry of entries) {
      const named = page.split("\n").filter((line) =>
        line.includes(`${entry} `) && /tokens per second|median T/.test(line)
      );
      for (const line of named) assert.match(line, /\(stand-in\)|simulated/i, line);
    }
    assert.doesNotMatch(page, /Comparison of real engines/);
    if (name === "engines") assert.match(page, /tensorrt-llm: not run, because unsupported/);

    const output = `reports/tried-${crypto.randomUUID()}`;
    try {
      const { code, stdout, stderr } = await run([
        "report",
        folder.file("run"),
        "--output",
        output,
      ]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^${output}/index\\.html$`, "m"));
      for (const file of ["index.html", "report.md"]) {
        const text = Deno.readTextFileSync(join(PROJECT, output, file));
        assert.match(text, /Stand-ins, no engines: /, file);
        assert.doesNotMatch(text, /Comparison of real engines/, file);
      }
    } finally {
      Deno.removeSync(join(PROJECT, output), { recursive: true });
    }
  });
}

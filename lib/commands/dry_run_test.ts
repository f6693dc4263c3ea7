/** What `bench --dry-run` says of every study; none of those for GPUs has been run yet. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gpuNamed } from "@/config/fit/gpus.ts";
import { planTrials } from "@/config/plan.ts";
import { readPrompts } from "@/config/prompts.ts";
import { readConfig } from "@/config/read_config.ts";
import { tuningOf, withEveryCandidate } from "@/config/tuning.ts";
import { checkFlags } from "@/engines/flags/check_flags.ts";
import { entryFits } from "@/engines/support/entry_fit.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { renderDryRun } from "./dry_run.ts";

const GPU_STUDIES = ["engines", "scout-2xh100", "scout-h200", "three-way-h100", "sanity-h100"];
const TUNED = ["tuned-h100"];
const CPU_STUDIES = ["cpu-engines", "demo", "laptop", "lengths", "same-twice"];
const prompts = readPrompts("configs/prompts.json");
const ALL = [...GPU_STUDIES, ...TUNED, ...CPU_STUDIES];

Deno.test("every config has its dry run on record", () => {
  const files = [...Deno.readDirSync("configs")].filter(({ name }) => name.endsWith(".yaml"));
  assert.deepEqual(files.map(({ name }) => `${name}`).sort(), ALL.map((n) => `${n}.yaml`).sort());
});

for (const name of ALL) {
  const { config } = readConfig(`configs/${name}.yaml`);

  Deno.test(`${name}.yaml is launched with these command lines, files and settings`, async () => {
    using folder = new TempFolder();
    // As if nothing were installed, so that programs have their bare names.
    let text = "";
    await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
      const tuning = tuningOf(config);
      const every = tuning === null ? config : withEveryCandidate(config, tuning);
      const fits = entryFits(every, gpuNamed(config.hardware.gpu ?? ""));
      const found = { fits, tuning, prompts };
      text = `${renderDryRun(config, planTrials(config), found)}\n`;
      await Promise.resolve();
    });
    const path = join(import.meta.dirname!, "testdata", `dry_run_${name}.txt`);
    if (Deno.env.get("WRITE_SNAPSHOTS")) Deno.writeTextFileSync(path, text);
    assert.equal(text, Deno.readTextFileSync(path), `to take it over: WRITE_SNAPSHOTS=1`);
  });

  Deno.test(`every flag of ${name}.yaml stands in the recorded table of its version`, async () => {
    using folder = new TempFolder();
    await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
      const tuning = tuningOf(config);
      const every = tuning === null ? config : withEveryCandidate(config, tuning);
      for (const entry of Object.keys(every.engines)) {
        const { problems, notes } = await checkFlags(entry, every, { ask: false });
        assert.deepEqual(problems, [], entry);
        const unknown = notes.filter(({ message }) => !/none are recorded/.test(message));
        assert.deepEqual(unknown, [], entry);
      }
    });
  });

  Deno.test(`the studies that ${name}.yaml names as the next ones are there`, () => {
    for (const file of Object.keys(config.next ?? {})) assert.ok(readConfig(file).config, file);
  });

  if (CPU_STUDIES.includes(name)) continue;
  Deno.test(`${name}.yaml says that it was not run, and names its arm`, () => {
    assert.match(Deno.readTextFileSync(`configs/${name}.yaml`), /NOT RUN YET/);
    assert.equal(config.arm, TUNED.includes(name) ? "tuned" : "equalised");
    assert.ok(config.accuracy);
  });
}

Deno.test("bench --dry-run prints all of it, what is left out and why, and hides secrets", async () => {
  const { code, stdout, stderr } = await run([
    "bench",
    "--config",
    "configs/engines.yaml",
    "--dry-run",
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /vllm-fp8-kv \(vllm, equalised\)\n {2}command .*--kv-cache-dtype fp8/);
  assert.match(
    stdout,
    /^in short, without --dry-run: 21 launches; about 3\.1 h; weights of about 65 GB to fetch once\n {2}vllm, vllm-fp8-kv: fits, supported\n {2}sglang-triton-moe: fits, experimental: its speed is judged only if it answers as well/m,
  );
  assert.match(stdout, /^ {2}NOT RUN YET by this project on a GPU: vllm, sglang;/m);
  assert.match(stdout, /tensorrt-llm: not run, because unsupported; it rejects INT4/);
  assert.match(
    stdout,
    /^next: deno task bench --config configs\/three-way-h100\.yaml {2}\(all three/m,
  );
  assert.match(stdout, /--price or hardware\.price_per_hour gives its price/);

  using folder = new TempFolder();
  const study = folder.file(
    "study.yaml",
    [
      "hardware: { price_per_hour: 2.5 }",
      "engines: { v: { kind: vllm, executable: /nowhere/vllm, extra_args: [--api-key, hush-hush] } }",
    ].join("\n"),
  );
  const told = await run(["bench", "--config", study, "--dry-run"]);
  assert.match(told.stdout, /--api-key '\*\*\*'/);
  assert.doesNotMatch(told.stdout + told.stderr, /hush/);
  assert.match(told.stdout, /screen {2}0\.5 h, 1 USD/);
  const dearer = await run(["bench", "--config", study, "--dry-run", "--price", "250"]);
  assert.match(dearer.stdout, /at 250 USD an hour:[^]*screen {2}0\.5 h, 125 USD/);
  const free = await run(["bench", "--config", study, "--dry-run", "--price", "nothing"]);
  assert.deepEqual([free.code, /--price nothing: expected/.test(free.stderr)], [2, true]);
});

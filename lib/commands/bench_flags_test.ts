/** Flags that an engine does not take: found by `bench` before it starts anything. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";

/** `bench` for an entry `v`; its program knows one flag and notes how it is called. */
async function bench(folder: TempFolder, entry: string, ...args: string[]) {
  const study = folder.file("study.yaml", `engines:\n  v: ${entry}\n`);
  const program = folder.file(
    "vllm",
    `#!/bin/sh\necho "$@" >>'${folder.file("calls")}'\n` +
      "echo '  --served-model-name N  x'; echo '  --host H  x'; echo '  --port P  x'\n",
  );
  Deno.chmodSync(program, 0o755);
  const output = folder.file("run");
  const ended = await run(["bench", "--config", study, "--output", output, ...args], {
    BENCH_ENGINES_DIR: folder.file("cache"),
  });
  assert.equal(existsSync(output), false);
  return { ...ended, calls: textOf(folder.file("calls")) };
}

Deno.test("a wrong flag is refused at its place, from the program's own help, and nothing is started", async () => {
  using folder = new TempFolder();
  const entry =
    `{ kind: vllm, device: cpu, executable: ${folder.path}/vllm, extra_args: ["--prot=1"] }`;
  const { code, stdout, stderr, calls } = await bench(folder, entry);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /study\.yaml has flags that its engines do not take; nothing was started/);
  assert.match(
    stderr,
    /study\.yaml:2:\d+ engines\.v\.extra_args\[0\]: --prot: no such flag; did you mean --port\? \(vllm of unknown version, from its own `serve --help=all`\)/,
  );
  const [line, col] = stderr.match(/study\.yaml:(\d+):(\d+)/)!.slice(1).map(Number);
  const yaml = textOf(folder.file("study.yaml")).split("\n");
  assert.ok(yaml[line! - 1]!.slice(col! - 1).startsWith('"--prot=1"'));
  assert.equal(calls, "serve --help=all\n");
});

Deno.test("a dry run shows the plan and the wrong flag, from what is recorded, and asks no program", async () => {
  using folder = new TempFolder();
  const entry = "{ kind: vllm, executable: /nowhere/vllm, extra_args: [--swap-space, '4'] }";
  const { code, stdout, stderr, calls } = await bench(folder, entry, "--dry-run");
  assert.equal(code, 2, stderr);
  assert.match(stdout, /launches, /);
  assert.match(
    stderr,
    /study\.yaml:2:\d+ engines\.v\.extra_args\[0\]: --swap-space: no such flag.*\(vllm 0\.33\.0, from the help of vLLM 0\.33\.0 as recorded/,
  );
  assert.equal(calls, "");
});

Deno.test("what is only known from nearby source is a note, not a refusal", async () => {
  using folder = new TempFolder();
  const entry = "{ kind: tensorrt-llm, executable: /nowhere/t, extra_args: [--seed, '4'] }";
  const { code, stderr } = await bench(folder, entry, "--dry-run");
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /study\.yaml:2:\d+ engines\.v\.extra_args\[0\]: --seed: no such flag.*source text near TensorRT-LLM 1\.2\.1, not from its release\); \/nowhere\/t is not installed here, so this is a guess/,
  );
});

Deno.test("an argument keeps its place when the launcher's flags before it were taken out", async () => {
  using folder = new TempFolder();
  const entry = "\n    kind: vllm\n    executable: /nowhere/vllm\n    extra_args:\n" +
    "      - --port\n      - '8000'\n      - --odd-one\n";
  const { stderr } = await bench(folder, entry, "--dry-run");
  assert.match(stderr, /study\.yaml:8:9 engines\.v\.extra_args\[0\]: --odd-one: no such flag/);
});

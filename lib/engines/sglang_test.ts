import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { hubModelDir } from "./model_files.ts";
import { environmentDir, pythonEngine } from "./python_engines.ts";
import { sglang } from "./sglang.ts";
import { smolLm2Bf16Dir } from "./model_files.ts";

function study(settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    model: { name: "org/model" },
    engines: { a: { kind: "sglang", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"sglang"> };
}

/** Runs `body` with an engine cache that holds SGLang in these versions. */
async function withInstalled(versions: string[], body: () => void | Promise<void>) {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path, PATH: "" }, async () => {
    for (const version of versions) {
      const dir = environmentDir(pythonEngine({ kind: "sglang", version }));
      Deno.mkdirSync(dir);
      Deno.writeTextFileSync(`${dir}/complete`, "");
    }
    await body();
  });
}

Deno.test("SGLang serves the model under its own name", () =>
  withInstalled([], () => {
    const { config, entry } = study({ extra_args: ["--context-length", "4096"] });
    assert.equal(sglang.model(entry, config), "org/model");
    assert.deepEqual(sglang.command(entry, config, 8002), {
      argv: [
        "sglang",
        "serve",
        "--model-path",
        "org/model",
        "--host",
        "127.0.0.1",
        "--port",
        "8002",
        "--enable-metrics",
        "--context-length",
        "4096",
      ],
    });
  }));

Deno.test("the installed SGLang is launched, in the version that the entry names", () =>
  withInstalled(["0.5.17", "0.5.23"], () => {
    const program = (version?: string) => {
      const { config, entry } = study(version === undefined ? {} : { version });
      return sglang.command(entry, config, 1)!.argv[0]!;
    };
    assert.match(program(), /\/sglang-0\.5\.23-cuda\/venv\/bin\/sglang$/);
    assert.match(program("0.5.17"), /\/sglang-0\.5\.17-cuda\/venv\/bin\/sglang$/);
  }));

Deno.test("a version that is not installed is not replaced by another", () =>
  withInstalled(["0.5.17"], async () => {
    const told = await sglang.availability(study({ version: "0.5.20" }).entry);
    assert.deepEqual(told, {
      available: false,
      why: "no NVIDIA GPU, sglang 0.5.20 is not installed (installed: 0.5.17)",
      what_to_do:
        "on a GPU machine, deno task setup --config with this config, or set `executable`",
    });
  }));

Deno.test("a model that is in the engine cache is served from there, without the network", () =>
  withInstalled([], () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const folder = hubModelDir("org/model", commit);
    Deno.mkdirSync(folder, { recursive: true });
    const record = { id: "org/model", commit, revision: "main", bytes: 1, downloaded_at: "2026" };
    Deno.writeTextFileSync(`${folder}/downloaded.json`, JSON.stringify(record));
    const { config, entry } = study();
    const { argv, env } = sglang.command(entry, config, 1)!;
    const name = ["--served-model-name", "org/model"];
    assert.deepEqual(argv.slice(2, 6), ["--model-path", folder, ...name]);
    assert.deepEqual(env, { HF_HUB_OFFLINE: "1" });
    // Another revision is not there.
    config.model.revision = "v2";
    assert.deepEqual(sglang.command(entry, config, 1)!.argv.slice(3, 6), [
      "org/model",
      "--revision",
      "v2",
    ]);
    config.model.revision = commit;
    assert.equal(sglang.command(entry, config, 1)!.argv[3], folder);
  }));

Deno.test("another SGLang program may be named", () => {
  const { config, entry } = study({ executable: "/opt/sglang/bin/sglang" });
  assert.equal(sglang.command(entry, config, 1)!.argv[0], "/opt/sglang/bin/sglang");
});

Deno.test("the small model means its folder in the engine cache, served under its name, offline", () => {
  const { entry } = study();
  const config = configSchema.parse({ engines: { a: { kind: "sglang" } } });
  const { argv, env } = sglang.command(entry, config, 1)!;
  assert.equal(argv[argv.indexOf("--model-path") + 1], smolLm2Bf16Dir());
  assert.equal(argv[argv.indexOf("--served-model-name") + 1], "SmolLM2-135M-Instruct");
  assert.deepEqual(env, { HF_HUB_OFFLINE: "1" });
});

Deno.test("SGLang is asked at the path that generates nothing", () => {
  // Its /health makes a token and takes a second.
  assert.equal(sglang.healthPath, "/ready");
});

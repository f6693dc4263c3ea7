import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { vllm } from "./vllm.ts";
import { smolLm2Bf16Dir } from "./llama_cpp.ts";
import { smolLm2Bf16Origin } from "./model_files.ts";
import { environmentDir, environmentProgram, pythonEngine } from "./python_engines.ts";

function study(settings: Record<string, unknown> = {}, name = "org/model") {
  const config = configSchema.parse({
    model: { name },
    engines: { a: { kind: "vllm", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"vllm"> };
}

const CPU = pythonEngine({ kind: "vllm", device: "cpu" });
const SMOLLM2 = "SmolLM2-135M-Instruct";

/** Runs `body` with an engine cache of its own that holds what a setup of the CPU's build leaves. */
async function withCpuBuild(body: () => Promise<void>, python = 'echo "0.32.0 2.13.0"') {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
    Deno.mkdirSync(`${environmentDir(CPU)}/venv/bin`, { recursive: true });
    Deno.mkdirSync(smolLm2Bf16Dir(), { recursive: true });
    Deno.writeTextFileSync(`${environmentDir(CPU)}/complete`, "");
    const origin = { made_from: "m.gguf", safetensors_sha256: "c0ffee" };
    Deno.writeTextFileSync(smolLm2Bf16Origin(), JSON.stringify(origin));
    const script = `#!/bin/sh\n${python}\n`;
    Deno.writeTextFileSync(environmentProgram(CPU, "python"), script, { mode: 0o755 });
    await body();
  });
}

/** Runs `body` with an engine cache that holds nothing. */
async function withEmptyCache(body: () => Promise<void>) {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, body);
}

Deno.test("vLLM serves the model under the name that requests carry", () => {
  const { config, entry } = study({ extra_args: ["--max-model-len", "4096"] });
  assert.equal(vllm.model(entry, config), "org/model");
  assert.deepEqual(vllm.command(entry, config, 8001)!.argv, [
    "vllm",
    "serve",
    "org/model",
    "--served-model-name",
    "org/model",
    "--host",
    "127.0.0.1",
    "--port",
    "8001",
    "--max-model-len",
    "4096",
  ]);
});

Deno.test("another vLLM program may be named", () => {
  const { config, entry } = study({ executable: "/opt/vllm/bin/vllm" });
  assert.equal(vllm.command(entry, config, 1)!.argv[0], "/opt/vllm/bin/vllm");
});

Deno.test("vLLM's health is beside its API root", () => {
  const { entry } = study();
  const url = new URL(vllm.healthPath!, vllm.baseUrl(entry, 8001)).href;
  assert.equal(url, "http://127.0.0.1:8001/health");
});

Deno.test("on the CPU the installed vLLM serves the expanded model, with its threads and no network", () =>
  withCpuBuild(async () => {
    const { config, entry } = study({ device: "cpu", threads: 2, extra_args: ["--x"] }, SMOLLM2);
    const { argv, env } = vllm.command(entry, config, 9)!;
    assert.deepEqual(argv.slice(0, 5), [
      environmentProgram(CPU, "vllm"),
      "serve",
      smolLm2Bf16Dir(),
      "--served-model-name",
      SMOLLM2,
    ]);
    assert.equal(argv.at(-1), "--x");
    assert.deepEqual(env, {
      VLLM_ENGINE_READY_TIMEOUT_S: "1800",
      OMP_NUM_THREADS: "2",
      VLLM_CPU_OMP_THREADS_BIND: "nobind",
      VLLM_NO_USAGE_STATS: "1",
      HF_HUB_OFFLINE: "1",
    });
    await Promise.resolve();
  }));

Deno.test("on the CPU one thread is the default, and another model may come from the network", () =>
  withCpuBuild(async () => {
    const { config, entry } = study({ device: "cpu" });
    const { argv, env } = vllm.command(entry, config, 9)!;
    assert.equal(argv[2], "org/model");
    assert.equal(env!.OMP_NUM_THREADS, "1");
    assert.equal(env!.HF_HUB_OFFLINE, undefined);
    assert.deepEqual(vllm.command(study().entry, config, 9)!.env, {
      VLLM_ENGINE_READY_TIMEOUT_S: "1800",
    });
    await Promise.resolve();
  }));

Deno.test("its own patience with its start is the study's, unless the user has set it", async () => {
  const { config, entry } = study();
  const benchmark = { ...config.benchmark, start_timeout_s: 3000.5 };
  const env = () => vllm.command(entry, { ...config, benchmark }, 9)!.env;
  assert.deepEqual(env(), { VLLM_ENGINE_READY_TIMEOUT_S: "3001" });
  await withEnv(
    { VLLM_ENGINE_READY_TIMEOUT_S: "99" },
    () => Promise.resolve(assert.deepEqual(env(), {})),
  );
});

Deno.test("the CPU's build is available once it and its model are complete, without a GPU", () =>
  withCpuBuild(async () => {
    const { entry } = study({ device: "cpu" });
    assert.deepEqual(await vllm.availability(entry), {
      available: true,
      why: "vllm-cpu 0.32.0 in the engine cache",
      what_to_do: "",
    });
    for (const path of [smolLm2Bf16Origin(), `${environmentDir(CPU)}/complete`]) {
      Deno.removeSync(path);
      const { available, what_to_do } = await vllm.availability(entry);
      assert.equal(available, false);
      assert.match(what_to_do, /^deno task setup --engine vllm --device cpu \(2\.8 GB to download/);
    }
  }));

Deno.test("a program that an entry names need not be in the cache, but must be there", () =>
  withEmptyCache(async () => {
    const named = (executable: string) => study({ device: "cpu", executable });
    assert.equal((await vllm.availability(named("sh").entry)).available, true);
    const { available, why } = await vllm.availability(named("/none/vllm").entry);
    assert.deepEqual([available, why], [false, "no /none/vllm"]);
    const { config, entry } = named("/opt/vllm");
    assert.equal(vllm.command(entry, config, 1)!.argv[0], "/opt/vllm");
  }));

Deno.test("without a GPU the build for CUDA is not available, and the way to install it is told", () =>
  withEmptyCache(async () => {
    await withEnv({ PATH: "" }, async () => {
      const expected = {
        available: false,
        why: "no NVIDIA GPU, no vllm on the PATH",
        what_to_do:
          "on a GPU machine, deno task setup --engine vllm --device cuda, or put vllm on the PATH",
      };
      assert.deepEqual(await vllm.availability(study().entry), expected);
      assert.deepEqual(await vllm.availability(), expected);
    });
  }));

Deno.test("the environment itself tells the version, and the model's file its checksum", () =>
  withCpuBuild(async () => {
    const { config, entry } = study({ device: "cpu" }, SMOLLM2);
    assert.deepEqual(await vllm.describe(entry, config), {
      version: "vllm-cpu 0.32.0, torch 2.13.0, on cpu",
      model: `${SMOLLM2} in BF16, expanded from m.gguf; safetensors sha256 c0ffee`,
    });
  }));

Deno.test("a version that cannot be told is not made up", async () => {
  await withCpuBuild(async () => {
    const { config, entry } = study({ device: "cpu" });
    const { version, model } = await vllm.describe(entry, config);
    assert.deepEqual([version, model], ["vllm of unknown version", "org/model"]);
  }, "exit 1");
  await withEmptyCache(async () => {
    const { config, entry } = study({ device: "cpu", version: "1.2" }, SMOLLM2);
    const { version, model } = await vllm.describe(entry, config);
    assert.deepEqual([version, model], ["vllm 1.2", `${SMOLLM2} in BF16, not made yet`]);
  });
});

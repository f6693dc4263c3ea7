/** Installs the real engines, whatever of them is not there yet, before the other tests need them. */
import assert from "node:assert/strict";
import { install } from "@/setup/install.ts";
import { run } from "@/test_servers/command_line.ts";
import { sglangSteps, testOnSglang } from "@/test_servers/sglang_conformance.ts";

for (const [name, ...flags] of [["llama-cpp"], ["vllm", "--device", "cpu"]] as const) {
  Deno.test(`setup installs ${name} where it is not there, and then has nothing to do`, async () => {
    const first = await run(["setup", "--engine", name, ...flags]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, / is ready; /);
    const second = await run(["setup", "--engine", name, ...flags]);
    assert.deepEqual([second.code, second.stdout], [0, first.stdout]);
    assert.doesNotMatch(second.stderr, /install/);
  });
}

testOnSglang(
  "SGLang is installed for conformance tests, byte-compiled, and not twice",
  async () => {
    const said: string[] = [];
    await install(sglangSteps(), { say: (line) => said.push(line) });
    assert.deepEqual(said, []);
    const { code, stdout } = await run(["setup", "--list"]);
    assert.equal(code, 0);
    assert.match(stdout, /sglang-0\.5\.23-cpu-conformance$/m);
  },
);

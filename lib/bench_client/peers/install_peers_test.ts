/** Installing peers, with a Python and a uv that only write down what is asked of them. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { smolLm2Path } from "@/engines/llama_cpp.ts";
import { withFakePrograms } from "@/test_servers/fake_programs.ts";
import { textOf } from "@/test_servers/processes.ts";
import { PEERS } from "../peers.ts";
import { installPeers } from "./install_peers.ts";
import { type Peer, peerDir } from "./peer.ts";
import { tokenizerHome } from "./tokenizer.ts";

const FAKE_PYTHON = `#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in
  *version_info*) echo "3 12" ;;
  *importlib.metadata*) echo "$SAYS" ;;
  *--help*) exit "$STARTS" ;;
esac
`;
const FAKE_UV = `#!/bin/sh
echo "uv $*" >> "$CALLS"
case "$*" in *" venv "*)
  for last; do :; done
  mkdir -p "$last/bin"
  for name in python aiperf; do cp "$(dirname "$0")/python3" "$last/bin/$name"; done ;;
esac
`;

const peer = (name: string): Peer => PEERS.find((one) => one.name === name)!;
const aiperf = peer("aiperf");

/** Runs `body` with the model and the tokenizer there, and no peer. */
async function withFakes(
  body: (calls: () => string[]) => Promise<void>,
  settings: Record<string, string> = {},
) {
  const env = { SAYS: aiperf.version, STARTS: "0", ...settings };
  await withFakePrograms({ python3: FAKE_PYTHON, uv: FAKE_UV }, env, async (folder) => {
    for (const done of [smolLm2Path(), `${tokenizerHome()}/complete`]) {
      Deno.mkdirSync(done.slice(0, done.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(done, "");
    }
    await body(() => textOf(folder.file("calls")).trim().split("\n"));
  });
}

const install = (peers: Peer[], say: (line: string) => void = () => {}) =>
  installPeers(peers, { say, freeMb: () => Promise.resolve(1e6) });

Deno.test("a peer is installed at its pin, started once, and then not again", () =>
  withFakes(async (calls) => {
    await install([aiperf]);
    assert.ok(existsSync(`${peerDir(aiperf)}/complete`));
    assert.equal(aiperf.program("aiperf"), `${peerDir(aiperf)}/venv/bin/aiperf`);
    const uv = calls().filter((line) => line.startsWith("uv "));
    assert.match(uv[1]!, / pip install --python \S+\/bin\/python aiperf==0\.13\.0$/);
    assert.ok(calls().includes("aiperf profile --help"));
    const before = calls().length;
    await install([aiperf]);
    assert.equal(calls().length, before);
  }));

Deno.test("one that does not start, or is of another version, does not count as installed", async () => {
  for (const settings of [{ STARTS: "3" }, { SAYS: "0.12.0" }]) {
    await withFakes(async () => {
      const said: string[] = [];
      assert.deepEqual(await install([aiperf], (line) => said.push(line)), ["aiperf"]);
      assert.match(
        said.at(-1)!,
        /^aiperf was not installed: .*(--help ended with 3|holds version 0\.12\.0)/s,
      );
      assert.equal(aiperf.program("aiperf"), null);
    }, settings);
  }
});

Deno.test("one that needs another Python does not keep the others back", () =>
  withFakes(async () => {
    const said: string[] = [];
    const genaiBench = peer("genai-bench");
    const unfit = { ...genaiBench, install: { ...genaiBench.install!, pythons: [99] } };
    const failed = await install([unfit, aiperf], (line) => said.push(line));
    assert.deepEqual(failed, ["genai-bench"]);
    assert.match(said.at(-1)!, /^genai-bench was not installed: .*; install Python 3\.99 /);
    assert.notEqual(aiperf.program("aiperf"), null);
  }));

Deno.test("SGLang's client comes without what its server needs for CUDA", () =>
  withFakes(async (calls) => {
    await install([peer("sglang")]);
    const installs = calls().filter((line) => / pip install /.test(line));
    assert.match(installs[0]!, / --no-deps sglang==0\.5\.23$/);
    assert.doesNotMatch(installs[1]!, /flashinfer|sglang-kernel|cuda|flash-attn/);
  }, { SAYS: "0.5.23" }));

Deno.test("for vLLM's client the engine's setup is named", () =>
  withFakes(async () => {
    const said: string[] = [];
    await install([peer("vllm")], (line) => said.push(line));
    assert.deepEqual(said, [
      "vllm comes with its engine: deno task setup --engine vllm --device cpu",
    ]);
  }));

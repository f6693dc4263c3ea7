/** The peers' command lines, and where their environments are looked for. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { peerContender } from "../contenders.ts";
import { PEERS } from "../peers.ts";
import { peersNamed } from "../peers_bench.ts";
import { SCENARIOS } from "../scenarios.ts";
import { peerDir } from "./peer.ts";
import { tokenizerDir } from "./tokenizer.ts";

const [A] = SCENARIOS;
const ASSIGNMENT = {
  scenario: A!,
  url: "http://127.0.0.1:4000",
  folder: "/run",
  tokenizer: "/tokenizer",
};
const lineOf = (name: string) =>
  peersNamed([name])[0]!.command((program) => `bin/${program}`, ASSIGNMENT).join(" ");

Deno.test("each peer is told the scenario's users, requests and tokens, and the server", () => {
  for (const name of ["vllm", "sglang"]) {
    assert.match(lineOf(name), / --base-url http:\/\/127\.0\.0\.1:4000 /);
    assert.match(
      lineOf(name),
      / --random-output-len 100 .*--num-prompts 1000 --max-concurrency 100/,
    );
    assert.match(lineOf(name), / --tokenizer \/tokenizer /);
  }
  assert.match(
    lineOf("aiperf"),
    / --url http:\/\/127\.0\.0\.1:4000 .*--concurrency 100 --request-count 1000 /,
  );
  assert.match(lineOf("aiperf"), / --prompt-output-tokens-mean 100 /);
  assert.match(lineOf("guidellm"), / kind=openai_http,target=http:\/\/127\.0\.0\.1:4000,/);
  assert.match(lineOf("guidellm"), /streams=100 .*count=1000 .*,output_tokens=100 /);
  assert.match(
    lineOf("genai-bench"),
    / --traffic-scenario D\(50,100\) --num-concurrency 100 --max-requests-per-run 1000 /,
  );
});

Deno.test("none sends a request that its file does not tell", () => {
  assert.match(lineOf("vllm"), / --ready-check-timeout-sec 0 /);
  assert.match(lineOf("sglang"), / --warmup-requests 0 /);
});

Deno.test("inference-perf is told everything in a file", () => {
  const [peer] = peersNamed(["inference-perf"]);
  const [[name, text]] = Object.entries(peer!.files!(ASSIGNMENT)) as [[string, string]];
  assert.match(lineOf("inference-perf"), new RegExp(` --config_file /run/${name}$`));
  const { load, server, data } = parse(text);
  assert.deepEqual(load.stages, [{ num_requests: 1000, concurrency_level: 100 }]);
  assert.equal(server.base_url, ASSIGNMENT.url);
  assert.equal(data.shared_prefix.output_len, 100);
});

Deno.test("a result file is known by its name", () => {
  const written: Record<string, string> = {
    aiperf: "profile_export_aiperf.json",
    guidellm: "benchmarks.json",
    "inference-perf": "stage_0_lifecycle_metrics.json",
    "genai-bench": "D(50,100)_text-to-text_num_concurrency_100_time_10s.json",
    vllm: "vllm.json",
    sglang: "sglang.jsonl",
  };
  for (const { name, result } of PEERS) assert.match(written[name]!, result);
  const [genaiBench] = peersNamed(["genai-bench"]);
  assert.doesNotMatch("experiment_metadata.json", genaiBench!.result);
});

Deno.test("a peer counts as installed once its environment is complete and there is a tokenizer", async () => {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, () => {
    const [peer] = peersNamed(["aiperf"]);
    const missing = () => peerContender(peer!).missing;
    assert.equal(missing(), "not installed: deno task bench:client --install-peers aiperf");
    Deno.mkdirSync(peerDir(peer!), { recursive: true });
    assert.match(missing()!, /^not installed/);
    Deno.writeTextFileSync(`${peerDir(peer!)}/complete`, "");
    assert.match(missing()!, /^no tokenizer: /);
    Deno.mkdirSync(tokenizerDir(), { recursive: true });
    assert.equal(missing(), null);
    const run = { scenario: A!, port: "4000", folder: "/run" };
    const { argv, env } = peerContender(peer!).command(run);
    assert.equal(argv[0], `${peerDir(peer!)}/venv/bin/aiperf`);
    assert.equal(env.HF_HUB_OFFLINE, "1");
    assert.ok(tokenizerDir().startsWith(`${env.HF_HOME}/hub/models--local--smollm2/snapshots/`));
    return Promise.resolve();
  });
});

Deno.test("vLLM's client is that of the engine's environment", () => {
  const [vllm] = peersNamed(["vllm"]);
  assert.equal(vllm!.howToInstall, "deno task setup --engine vllm --device cpu");
  assert.equal(vllm!.install, undefined);
});

Deno.test("all six are run where none is named", () => {
  assert.equal(peersNamed([]).length, 6);
  assert.deepEqual(peersNamed(["guidellm"]).map(({ name }) => name), ["guidellm"]);
});

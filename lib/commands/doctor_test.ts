import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { run } from "@/test_servers/command_line.ts";
import { FakeHub } from "@/test_servers/fake_hub.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { examine } from "./doctor.ts";
import { renderChecks } from "./doctor/check.ts";
import type { Check } from "./doctor/check.ts";
import { smi } from "./doctor/testdata/smi_answers.ts";

const TOKEN = "hf_do_not_show_me";
const GATED = "meta-llama/Llama-3.1-8B-Instruct";

const study = (model: object, entry: object = {}) =>
  JSON.stringify({
    model,
    engines: { card: { kind: "vllm", extra_args: ["--max-model-len", "4096"], ...entry } },
    hardware: { gpu: "NVIDIA H100 80GB HBM3" },
  });

const found = (checks: Check[], topic: string) => checks.find((check) => check.topic === topic)!;

Deno.test("without a GPU and a network it says what is in the way, and exits with 1", async () => {
  using folder = new TempFolder();
  const env = {
    PATH: "/usr/bin:/bin",
    HF_ENDPOINT: "http://127.0.0.1:9",
    HF_TOKEN: TOKEN,
    BENCH_ENGINES_DIR: folder.path,
  };
  const config = folder.file("study.yaml", study({ name: GATED }));
  const told = await run(["doctor", "--config", config], env);
  assert.equal(told.code, 1, told.stderr);
  assert.match(told.stdout, /^blocker +GPU +none can be used: nvidia-smi is not on the PATH/m);
  assert.match(told.stdout, /^blocker +engine card +vllm: no NVIDIA GPU/m);
  assert.match(told.stdout, /^ok +model for card +bf16 .* fits on NVIDIA H100 80GB HBM3/m);
  assert.match(told.stdout, /^ok +hub token +HF_TOKEN is set \(not shown\)/m);
  assert.match(told.stdout, /^warning +model files .* the hub cannot be asked/m);
  assert.match(told.stdout, /about 16\.1 GB still to fetch/);
  assert.match(
    told.stdout,
    /\d in the way and \d to look at: this study cannot run here yet\nnext: /,
  );
  assert.match(
    told.stdout,
    /^next: put right what blocks \(GPU.*\), then deno task doctor --config .*\n$/m,
  );
  assert.ok(!(told.stdout + told.stderr).includes(TOKEN));

  const json = await run(["doctor", "--config", config, "--json"], env);
  assert.equal(json.code, 1);
  const checks = JSON.parse(json.stdout) as Check[];
  assert.equal(found(checks, "GPU").level, "blocker");
  for (const { level, found, to_do } of checks) {
    assert.ok(found.length > 0 && (level === "ok" || to_do.length > 0), found);
  }
});

Deno.test("a study that this machine can run has nothing in the way", async () => {
  using folder = new TempFolder();
  const config = folder.file("study.yaml", "engines: { sim: { kind: simulated, wire: vllm } }\n");
  const { code, stdout, stderr } = await run(["doctor", "--config", config]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /nothing in the way/);
});

Deno.test("a wrong config is wrong usage", async () => {
  const { code, stderr } = await run(["doctor", "--config", "no-such.yaml"]);
  assert.equal(code, 2);
  assert.match(stderr, /no-such\.yaml: no such file/);
});

const H100 =
  "0, NVIDIA H100 80GB HBM3, 580.95.05, 81559, 9.0, Enabled, Disabled, 00000000:19:00.0, 1980, 700, 700";
const IDLE = "0, 0, 345, 2619, 71.15, 27, 0, 0x1";

async function examined(config: string, env: Record<string, string>): Promise<Check[]> {
  let checks: Check[] = [];
  await withEnv(env, async () => {
    const probe = smi({ cards: [H100], now: [IDLE] });
    checks = await examine(parseConfig(config, "study.yaml").config, probe, null);
  });
  return checks;
}

Deno.test("a gated model's licence is in the way until a token may read it, which is never shown", async () => {
  using folder = new TempFolder();
  await using hub = new FakeHub({
    [GATED]: {
      revisions: { main: "c".repeat(40) },
      files: { "a.safetensors": "12345" },
      gate: TOKEN,
    },
  });
  const env = { HF_ENDPOINT: hub.url, BENCH_ENGINES_DIR: folder.path, HF_TOKEN: "" };
  const config = study({ name: GATED });
  const without = found(await examined(config, env), "model files");
  assert.equal(without.level, "blocker");
  assert.match(without.found, /is gated; export HF_TOKEN .* accepted its licence/);
  const checks = await examined(config, { ...env, HF_TOKEN: TOKEN });
  assert.match(found(checks, "model files").found, /at commit cccccccccccc may be read/);
  assert.ok(!renderChecks(checks).includes(TOKEN));
  const wrong = await examined(config, { ...env, HF_TOKEN: "hf_other" });
  assert.equal(found(wrong, "model files").level, "blocker");
  assert.ok(!renderChecks(wrong).includes("hf_other"));
});

Deno.test("entries whose flags are not recorded are told, and what the client was never measured for", async () => {
  using folder = new TempFolder();
  const env = { HF_HUB_OFFLINE: "1", BENCH_ENGINES_DIR: folder.path };
  const checks = await examined(Deno.readTextFileSync("configs/three-way-h100.yaml"), env);
  const rc = found(checks, "flags of tensorrt-llm-rc");
  assert.equal(rc.level, "warning");
  assert.match(rc.found, /none are recorded of trtllm-serve 1\.3\.0rc29/);
  assert.match(found(checks, "flags of tensorrt-llm").found, /a guess for trtllm-serve 1\.2\.1/);
  assert.ok(!checks.some(({ topic }) => topic === "flags of vllm"));
  const ceiling = found(checks, "client ceiling");
  assert.match(ceiling.found, /not measured; the highest load: 100 streams .* 5,000 tokens\/s/);
  assert.match(ceiling.to_do, /deno task calibrate/);
});

Deno.test("on a card that is here, what does not fit or is not served is in the way with what is", async () => {
  using folder = new TempFolder();
  const env = { HF_HUB_OFFLINE: "1", BENCH_ENGINES_DIR: folder.path };
  const scout = "meta-llama/Llama-4-Scout-17B-16E-Instruct";
  const bf16 = found(await examined(study({ name: scout }), env), "model for card");
  assert.equal(bf16.level, "blocker");
  assert.match(bf16.to_do, /what does fit: w4a16 here/);
  const w4a16 = study({ name: `RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16` }, {
    kind: "tensorrt-llm",
    extra_args: [],
  });
  const served = found(await examined(w4a16, env), "model for card");
  assert.equal(served.level, "blocker");
  assert.match(served.found, /unsupported, because it rejects INT4 weights for Llama 4/);
  const unknown = found(await examined(study({ name: "some/model" }), env), "model for card");
  assert.deepEqual(unknown.level, "warning");
});

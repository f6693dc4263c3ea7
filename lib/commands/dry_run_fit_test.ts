import assert from "node:assert/strict";
import { gpuNamed } from "@/config/fit/gpus.ts";
import { knownModel } from "@/config/fit/known_models.ts";
import { parseConfig, readConfig } from "@/config/read_config.ts";
import { entryFits } from "@/engines/support/entry_fit.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { askedLoad, fitRefusals, renderFits } from "./dry_run_fit.ts";

const H100 = gpuNamed("NVIDIA H100 80GB HBM3")!;
const SCOUT = "meta-llama/Llama-4-Scout-17B-16E-Instruct";

function told(study: object, gpu = H100) {
  const { config } = parseConfig(JSON.stringify(study), "study.yaml");
  const fits = entryFits(config, gpu);
  return { text: renderFits(fits, config.benchmark), refused: fitRefusals(fits).join("\n") };
}

Deno.test("the default study tells Scout's arithmetic on one H100 and why 100 long requests wait", () => {
  const { config } = readConfig("configs/engines.yaml");
  const text = renderFits(entryFits(config, H100), config.benchmark);
  for (
    const line of [
      "vllm: w4a16 (by its name) fits on NVIDIA H100 80GB HBM3 (79.6 GiB) with a context of 4,096 tokens",
      "102.68e9 w4a16 (routed experts, shared experts) × 0.5 B + 2 B for each 128 = 52.9 GB",
      "58.8 GiB; its vision tower is not loaded",
      "0.92 × 79.65 − 58.79 of weights − 3 for activations and graphs = 11.5 GiB for keys and values",
      "48 layers × 4,096 B (bf16) = 196,608 B a token: 62,707 tokens",
      "requests: 15 of the whole context; 48 of 1,024 tokens in and 256 out",
      "50, 100 users with 1,024 tokens in and 256 out need more than that (100 × 1,280 = 128,000 tokens of 62,707)",
      "4.3 ms a token for one user",
      "supported: its Marlin kernels weight the experts' inputs",
      "experimental: its Triton path weights the experts' inputs",
    ]
  ) assert.ok(text.includes(line), `${line}\nin\n${text}`);
  assert.deepEqual(fitRefusals(entryFits(config, H100)), []);
});

Deno.test("the study's own longest prompt is told beside the yardstick", () => {
  const { config } = readConfig("configs/engines.yaml");
  const message = (content: string) => ({ role: "user" as const, content });
  const prompt = (...texts: string[]) => ({
    prompt_id: "a/0",
    category: "a",
    messages: texts.map(message),
  });
  const load = askedLoad(config, [prompt("x".repeat(1000), "y".repeat(1600)), prompt("short")]);
  assert.equal(load.longest_prompt_tokens, 650);
  const text = renderFits(entryFits(config, H100), load);
  assert.match(text, /; 69 of this study's longest prompt \(about 650 tokens\) in and 256 out\n/);
  assert.match(
    text,
    /too many +100 users with this study's longest .* \(100 × 906 = 90,600 tokens/,
  );
});

Deno.test("Scout in BF16 on one H100 is refused with the arithmetic and what does fit", () => {
  const { refused } = told({
    model: { name: SCOUT },
    engines: { a: { kind: "vllm", extra_args: ["--max-model-len", "4096"] } },
  });
  assert.match(refused, /a: bf16 does not fit on NVIDIA H100 80GB HBM3 \(79\.6 GiB\)/);
  assert.match(refused, /0\.92 × 79\.65 − 202\.36 of weights − 3 for .* = -132\.1 GiB/);
  assert.match(refused, /what does fit: w4a16 here \(60\.4 GiB of weights\)/);
  assert.match(refused, /bf16 on 4 × NVIDIA H100 80GB HBM3 \(50\.6 GiB of weights each\)/);
  assert.match(refused, /fp8 on 1 × NVIDIA H200 \(103\.9 GiB of weights\)/);
});

Deno.test("an engine that does not serve the checkpoint is refused, with what it serves and where", () => {
  const name = "RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16";
  const engines = { sgl: { kind: "sglang" }, trt: { kind: "tensorrt-llm" } };
  const { refused, text } = told({ model: { name }, engines });
  assert.match(
    refused,
    /sgl: unsupported, because its default Marlin path weights .* \[SGLang 0\.5\.23/,
  );
  assert.match(refused, /trt: unsupported, because it rejects INT4 weights for Llama 4/);
  // FP8 needs 104 GiB: no H100, but an H200.
  assert.match(refused, /trt: .*\n +instead +what does fit: .*fp8 on 1 × NVIDIA H200 \(103\.9 GiB/);
  assert.doesNotMatch(refused, /fp8 here/);
  assert.match(text, /support +unsupported, because/);
});

Deno.test("a context that no pool can hold is refused where the engine would refuse it too", () => {
  const model = { name: "RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16" };
  const { refused } = told({ model, engines: { a: { kind: "vllm" } } });
  assert.match(
    refused,
    /tokens, less than one context of 10,485,760 \(the model's own\); set a shorter/,
  );
  const sglang = { kind: "sglang", extra_args: ["--moe-runner-backend", "triton"] };
  assert.equal(told({ model, engines: { a: sglang } }).refused, "");
});

Deno.test("what cannot be computed is told and refuses nothing; entries without a GPU are left out", () => {
  const unknown = told({ model: { name: "some/model" }, engines: { a: { kind: "sglang" } } });
  assert.match(
    unknown.text,
    /^a: whether it fits is not known: the shape of some\/model .*config_json/,
  );
  assert.equal(unknown.refused, "");
  const { config } = parseConfig('{"engines": {"a": {"kind": "vllm"}}}', "study.yaml");
  const [fit] = entryFits(config, null);
  assert.match(renderFits([fit!], config.benchmark), /the GPU is not known: set hardware\.gpu/);
  const cpu = { a: { kind: "vllm", device: "cpu" }, b: { kind: "simulated", wire: "vllm" } };
  assert.equal(told({ engines: cpu }).text, "");
});

Deno.test("two GPUs are told as shares of each", () => {
  const { text } = told({
    model: { name: "meta-llama/Llama-3.1-8B-Instruct" },
    engines: { a: { kind: "vllm", extra_args: ["-tp", "2"] } },
  });
  assert.match(text, /fits on 2 × NVIDIA H100 80GB HBM3/);
  assert.match(text, /7\.5 GiB on each of 2 GPUs/);
  assert.match(text, /32 layers × 4,096 B \(bf16\) = 131,072 B a token, 65,536 on each GPU/);
});

const UNFIT = `model: { name: ${SCOUT} }
engines:
  a: { kind: vllm, executable: /bin/sh, extra_args: ["--max-model-len", "4096"] }
hardware: { gpu: NVIDIA H100 80GB HBM3 }
`;

Deno.test("bench refuses what does not fit before anything starts; a dry run prints why", async () => {
  using folder = new TempFolder();
  const study = folder.file("study.yaml", UNFIT);
  const output = folder.file("run");
  const dry = await run(["bench", "--config", study, "--output", output, "--dry-run"]);
  assert.equal(dry.code, 2, dry.stderr);
  assert.match(dry.stdout, /a: bf16 .* does not fit on NVIDIA H100/);
  assert.match(dry.stderr, /study\.yaml cannot run; nothing was started/);
  const real = await run(["bench", "--config", study, "--output", output]);
  assert.equal(real.code, 2);
  assert.match(real.stderr, /a: bf16 does not fit on NVIDIA H100 80GB HBM3/);
  assert.throws(() => Deno.statSync(output), Deno.errors.NotFound);
});

Deno.test("a wrong quantization is told with its place and the known ones", async () => {
  using folder = new TempFolder();
  const study = folder.file(
    "study.yaml",
    UNFIT.replace(`${SCOUT} }`, `${SCOUT}, quantization: int4 }`),
  );
  const { code, stderr } = await run(["bench", "--config", study, "--dry-run"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /study\.yaml:1:\d+ model\.quantization: expected one of "bf16", .*got "int4"/,
  );
});

Deno.test("a config.json that is named tells the shape of any model, and a missing one is told", async () => {
  using folder = new TempFolder();
  const shape = JSON.stringify(knownModel("Qwen/Qwen3-30B-A3B")!.config);
  const model = (config_json: string) => `{ name: my/model-FP8, config_json: ${config_json} }`;
  const study = (config_json: string) =>
    folder.file("study.yaml", UNFIT.replace(`{ name: ${SCOUT} }`, model(config_json)));
  const named = study(folder.file("config.json", shape));
  const { code, stdout, stderr } = await run(["bench", "--config", named, "--dry-run"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^a: fp8 \(by its name\) fits on NVIDIA H100 80GB HBM3/m);
  const missing = await run(["bench", "--config", study(folder.file("no.json")), "--dry-run"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /no\.json: no such file; check model\.config_json/);
});

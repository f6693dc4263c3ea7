import assert from "node:assert/strict";
import { join } from "node:path";
import { parseConfig, readConfig } from "@/config/read_config.ts";
import { FakeDocker } from "@/test_servers/fake_docker.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { engineOf } from "../kinds.ts";
import { checkFlags, problemsOf } from "./check_flags.ts";
import type { FlagsProgram } from "./recorded_flags.ts";
import { recordedFlags } from "./recorded_flags.ts";

const OWN = {
  "vllm": ["m", "--served-model-name", "m", "--host", "127.0.0.1", "--port", "8000"],
  "sglang": ["--model-path", "m", "--host", "127.0.0.1", "--port", "8000"],
  "trtllm-serve": ["m", "--host", "127.0.0.1", "--port", "8000"],
};

/** What is said of these extra arguments, each with the index of its argument. */
function said(program: FlagsProgram, version: string, ...extra: string[]): string[] {
  const table = recordedFlags(program, version)!;
  return problemsOf([...OWN[program], ...extra], extra, table)
    .map(({ path, message }) => `${path.join(" ")}: ${message}`);
}
const vllm = (...extra: string[]) => said("vllm", "0.33.0", ...extra);
const sglang = (...extra: string[]) => said("sglang", "0.5.23", ...extra);
const trtllm = (...extra: string[]) => said("trtllm-serve", "1.2.1", ...extra);

Deno.test("the flags of the configs of this project, and its own, are in order", () => {
  const dir = join(import.meta.dirname!, "../../../configs");
  let checked = 0;
  for (const name of ["engines.yaml", "cpu-engines.yaml"]) {
    const { config } = readConfig(join(dir, name));
    for (const entry of Object.values(config.engines)) {
      const engine = engineOf(entry.kind);
      const question = engine.help?.(entry);
      if (question === undefined || entry.kind === "external") continue;
      const { argv } = engine.command(entry, config, 8000)!;
      const table = recordedFlags(question.program, question.version)!;
      const args = argv.slice(argv.indexOf("serve") + 1);
      assert.deepEqual(problemsOf(args, entry.extra_args, table), [], `${name} ${entry.kind}`);
      checked++;
    }
  }
  assert.ok(checked >= 3, `${checked}`);
});

Deno.test("an unknown flag is named with the nearest ones, the version and the source", () => {
  assert.deepEqual(vllm("--enforce-eager", "--max-nums-seqs", "8"), [
    "extra_args 1: --max-nums-seqs: no such flag; did you mean --max-num-seqs? " +
    "(vllm 0.33.0, from the help of vLLM 0.33.0 as recorded by this project)",
  ]);
  assert.match(vllm("--max-seqs", "8")[0]!, /did you mean --max-num-seqs/);
});

Deno.test("what vLLM 0.33.0 took back and what it dropped depend on the version", () => {
  assert.match(
    said("vllm", "0.32.0", "--disable-log-requests")[0]!,
    /--disable-log-requests: no such flag/,
  );
  assert.deepEqual(vllm("--disable-log-requests"), []);
  assert.match(
    vllm("--swap-space", "4")[0]!,
    /^extra_args 0: --swap-space: no such flag.*vllm 0\.33\.0/,
  );
});

Deno.test("vLLM's ways of writing flags are understood", () => {
  assert.deepEqual(
    vllm(
      ...["-tp", "2", "--max_model_len=4096", "--max_num_seqs", "8", "-O3", "-q", "fp8"],
      ...["--no-enable-prefix-caching", "--disable-prefix-caching", "--enforce-eager"],
      ...["-cc.mode=none", "--compilation-config.level", "3", "--kernel_config.x_y=False"],
      ...["--gpu-memory-util", "0.9", "--hf-token", "--api-key", "a", "b", "-n2", "--seed", "-1"],
      ...["--hf-overrides", '{"a": 1}', "--generation-config="],
    ),
    [],
  );
});

Deno.test("an ambiguous beginning is refused with what it could be", () => {
  assert.match(
    sglang("--cuda-graph-max-bs", "8")[0]!,
    /^extra_args 0: --cuda-graph-max-bs: could be --cuda-graph-max-bs-decode, --cuda-graph-max-bs-prefill; write the one that is meant \(sglang 0\.5\.23, /,
  );
  assert.deepEqual(sglang("--cuda-graph-max-bs-dec", "8", "--chunked-prefill-size", "-1"), []);
  assert.match(sglang("--disable-log-requests")[0]!, /no such flag/);
  assert.match(sglang("--max_total_tokens", "4")[0]!, /did you mean --max-total-tokens/);
});

Deno.test("missing, needless and wrong values are told", () => {
  assert.match(vllm("--max-num-seqs")[0]!, /--max-num-seqs: its value is missing/);
  assert.match(vllm("--max-num-seqs", "--enforce-eager")[0]!, /^extra_args 0: .*value is missing/);
  assert.match(vllm("--enforce-eager=1")[0]!, /--enforce-eager: takes no value, got "1"/);
  assert.match(
    sglang("--dtype", "int4")[0]!,
    /"int4" is no choice; it takes auto, half, float16, bfloat16, float, float32 \(/,
  );
  assert.match(sglang("--dtype=int4")[0]!, /no choice/);
  assert.deepEqual(vllm("--max-num-seqs 16").length, 1);
  assert.match(vllm("--max-num-seqs 16")[0]!, /a flag and its value in one text; make them two/);
  assert.match(vllm("--seed", "1", "2")[0]!, /^extra_args 2: "2": belongs to no flag/);
});

Deno.test("a flag that the project sets itself is refused with which one would win", () => {
  assert.match(
    vllm("--served_model_name", "other")[0]!,
    /^extra_args 0: --served_model_name: the project sets --served-model-name m itself; given again, the later one, yours, would win/,
  );
  assert.match(sglang("--model", "x")[0]!, /sets --model-path m itself/);
});

Deno.test("click takes whole names only, and what follows as the value", () => {
  assert.deepEqual(trtllm("--tp_size", "2", "--trust_remote_code", "--config", "x.yaml"), []);
  assert.match(trtllm("--tp_siz", "2")[0]!, /no such flag; did you mean .*--tp_size/);
  assert.match(trtllm("--served_model_name", "m")[0]!, /no such flag/);
  assert.deepEqual(trtllm("--tokenizer", "--odd"), []);
  assert.match(trtllm("--backend", "x")[0]!, /"x" is no choice; it takes pytorch/);
});

Deno.test("a version of which nothing is known is not checked, and that is said", async () => {
  const entry = {
    kind: "vllm",
    version: "0.99.0",
    executable: "/nowhere/vllm",
    extra_args: ["--x"],
  };
  const { config } = parseConfig(JSON.stringify({ engines: { v: entry } }), "study.json");
  assert.deepEqual(await checkFlags("v", config, { ask: false }), {
    problems: [],
    notes: [{
      path: ["engines", "v"],
      message: "its flags were not checked: /nowhere/vllm is not installed here, and none are " +
        "recorded of this version",
    }],
  });
});

Deno.test("engines without flags of their own are not checked", async () => {
  const entry = { kind: "simulated", wire: "vllm", extra_args: ["--x"] };
  const { config } = parseConfig(JSON.stringify({ engines: { s: entry } }), "study.json");
  assert.deepEqual(await checkFlags("s", config, { ask: true }), { problems: [], notes: [] });
});

Deno.test("the program in a container is not asked: what is recorded nearby gives notes", async () => {
  using docker = new FakeDocker(["img:1"]);
  const entry = { kind: "tensorrt-llm", docker_image: "img:1", extra_args: ["--seed", "1"] };
  const engines = { t: entry };
  const { config } = parseConfig(JSON.stringify({ model: { name: "o/m" }, engines }), "study.json");
  await withEnv(docker.env, async () => {
    const { problems, notes } = await checkFlags("t", config, { ask: true });
    assert.deepEqual(problems, []);
    assert.equal(notes.length, 1);
    assert.deepEqual(notes[0]!.path, ["engines", "t", "extra_args", 0]);
    assert.match(
      notes[0]!.message,
      /--seed: no such flag.*; a container is not asked, so this is a guess/,
    );
  });
});

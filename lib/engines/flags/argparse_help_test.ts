import assert from "node:assert/strict";
import { join } from "node:path";
import { readArgparseHelp, readClickHelp } from "./argparse_help.ts";
import type { Flag } from "./flag_table.ts";
import { recordedFlags } from "./recorded_flags.ts";

const testdata = (name: string) =>
  Deno.readTextFileSync(join(import.meta.dirname!, "testdata", name));

const VLLM = readArgparseHelp(testdata("vllm-0.32.0-cpu-help-sections.txt"));
const flag = (flags: Flag[], name: string) => flags.find(({ names }) => names.includes(name));

Deno.test("every flag of vLLM's own help is read, by all its names", () => {
  const shown = testdata("vllm-0.32.0-cpu-help-sections.txt").match(/^ {2}--?[a-z]/gm)!;
  assert.equal(VLLM.length, shown.length);
  assert.deepEqual(flag(VLLM, "-asc"), { names: ["--api-server-count", "-asc"], nargs: 1 });
  assert.deepEqual(flag(VLLM, "--gpu-memory-utilization"), {
    names: ["--gpu-memory-utilization", "--device-memory-utilization"],
    nargs: 1,
    default: "0.92",
  });
});

Deno.test("negative forms, lists, choices and suggestions are told apart", () => {
  assert.deepEqual(flag(VLLM, "--enable-log-requests"), {
    names: ["--enable-log-requests"],
    negative: ["--no-enable-log-requests"],
    nargs: 0,
    default: "False",
  });
  assert.equal(flag(VLLM, "--api-key")!.nargs, "+");
  assert.deepEqual(
    flag(VLLM, "--kda-decode-backend")!.choices,
    ["auto", "native", "flashinfer", "triton"],
  );
  // "{…} or name registered in …": other names are taken as well.
  assert.equal(flag(VLLM, "--tool-call-parser")!.choices, undefined);
  const [suggesting, maybe] = readArgparseHelp(
    "  --config-format ['auto', 'hf']\n                        x (default: auto)\n  --hf-token [HF_TOKEN]\n",
  );
  assert.deepEqual(suggesting, { names: ["--config-format"], nargs: 1, default: "auto" });
  assert.deepEqual(maybe, { names: ["--hf-token"], nargs: "?" });
});

Deno.test("vLLM 0.33.0 takes --no-enable-x beside the --disable-x that it shows", () => {
  const [pair] = readArgparseHelp("  --enable-prefix-caching, --disable-prefix-caching\n");
  assert.deepEqual(pair!.negative, ["--disable-prefix-caching", "--no-enable-prefix-caching"]);
});

Deno.test("argparse of Python 3.11 and of 3.13 word the same flags differently and are read alike", () => {
  const recorded = recordedFlags("sglang", "0.5.23")!.flags
    .filter(({ names }) => !names.includes("--model-type"))
    .map(({ default: _, ...rest }) => rest);
  for (const python of ["3.11", "3.13"]) {
    const help = testdata(`sglang-0.5.23-help-printed-by-argparse-of-python-${python}.txt`);
    const read = readArgparseHelp(help).map(({ default: _, ...rest }) => rest);
    read.sort((a, b) => a.names[0]! < b.names[0]! ? -1 : 1);
    assert.deepEqual(read, recorded);
  }
});

Deno.test("click's help is read", () => {
  const flags = readClickHelp(
    testdata("trtllm-serve-near-1.2.1-help-printed-by-click-8.5.1.txt"),
  );
  assert.deepEqual(flag(flags, "--backend"), {
    names: ["--backend"],
    nargs: 1,
    choices: ["pytorch", "tensorrt", "trt", "_autodeploy"],
    default: "pytorch",
  });
  assert.deepEqual(flag(flags, "--kv_cache_free_gpu_memory_fraction"), {
    names: ["--free_gpu_memory_fraction", "--kv_cache_free_gpu_memory_fraction"],
    nargs: 1,
    default: "0.9",
  });
  assert.equal(flag(flags, "--trust_remote_code")!.nargs, 0);
  assert.equal(flag(flags, "--host")!.default, "localhost");
});

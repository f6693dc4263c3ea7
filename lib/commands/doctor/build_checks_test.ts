import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { buildChecks } from "./build_checks.ts";
import type { Check } from "./check.ts";
import type { Probe } from "./machine_probe.ts";

/** A Python 3.12 with or without its headers. */
const python = (headers: boolean): Probe => (program, ...args) => {
  if (program === "test") return Promise.resolve({ success: headers, stdout: "", stderr: "" });
  assert.equal(args[0], "-c");
  return Promise.resolve({ success: true, stdout: "/usr/include/python3.12 3.12\n", stderr: "" });
};

/** What is said where only these programs are on the PATH. */
async function said(
  engines: Record<string, unknown>,
  programs: string[],
  { headers = true, env = {} } = {},
): Promise<Record<string, Check>> {
  using folder = new TempFolder();
  for (const name of programs) folder.file(name, "");
  const { config } = parseConfig(JSON.stringify({ engines }), "study.json");
  const unset = { CC: "", CUDA_HOME: folder.path, CUDA_PATH: "", BENCH_ENGINES_DIR: folder.path };
  let checks: Check[] = [];
  await withEnv({ ...unset, PATH: folder.path, ...env }, async () => {
    checks = await buildChecks(python(headers), config);
  });
  return Object.fromEntries(checks.map((check) => [check.topic, check]));
}

const CPU = { a: { kind: "llama-cpp" } };
const GPU = { a: { kind: "vllm" }, b: { kind: "sglang" }, c: { kind: "vllm" } };

Deno.test("without cc a study is told what its client's check is worth less, and what to install", async () => {
  const without = (await said(CPU, []))["C compiler"]!;
  assert.equal(without.level, "warning");
  assert.match(
    without.found,
    /none \(cc\): calibrate .* in Deno, .* late .* bench:client does not/,
  );
  assert.equal(without.to_do, "apt-get install gcc libc6-dev");
  const all = await said(CPU, ["cc"]);
  assert.deepEqual(Object.values(all).map(({ level }) => level), ["ok"]);
});

Deno.test("engines that build kernels as they start cannot do without a compiler", async () => {
  const none = (await said(GPU, []))["C compiler"]!;
  assert.equal(none.level, "blocker");
  assert.match(none.found, /vllm and sglang build kernels by Triton as they start/);
  assert.equal((await said(GPU, ["gcc"]))["C compiler"]!.level, "warning");
  assert.equal((await said(GPU, ["cc", "gcc"]))["C compiler"]!.level, "ok");
  assert.equal((await said(GPU, ["cc"], { env: { CC: "tcc" } }))["C compiler"]!.level, "ok");
});

Deno.test("missing headers of Python and a missing nvcc are told with what brings them", async () => {
  const bare = await said(GPU, ["cc", "gcc"], { headers: false });
  assert.match(bare["Python headers"]!.found, /^\/usr\/include\/python3\.12\/Python\.h is missing/);
  assert.equal(bare["Python headers"]!.to_do, "apt-get install python3.12-dev");
  assert.match(bare["CUDA compiler"]!.to_do, /-devel.*VLLM_USE_FLASHINFER_SAMPLER/);
  const whole = await said(GPU, ["cc", "gcc", "nvcc"]);
  assert.deepEqual(Object.values(whole).map(({ level }) => level), ["ok", "ok"]);
});

import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { tensorrtLlm } from "@/engines/tensorrt_llm.ts";
import { configParts } from "@/setup/parts.ts";
import { withNvidiaSmi } from "@/test_servers/nvidia_smi_stand_in.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { missingEngines } from "./missing_engines.ts";

/** A machine whose Python of the system has TensorRT-LLM of `version`, as NVIDIA's image has. */
async function withImage(version: string, body: () => Promise<void>): Promise<void> {
  using folder = new TempFolder();
  const packages = folder.file("lib/python3.12/dist-packages");
  Deno.mkdirSync(`${packages}/tensorrt_llm-${version}.dist-info`, { recursive: true });
  Deno.mkdirSync(folder.file("bin"));
  folder.file("bin/trtllm-serve", "");
  await withNvidiaSmi({}, () => {
    const PATH = `${folder.path}/bin:${Deno.env.get("PATH")}`;
    return withEnv({ PATH, BENCH_ENGINES_DIR: folder.file("engines") }, body);
  });
}

const config = (version?: string) => {
  const engines = { t: { kind: "tensorrt-llm", ...(version ? { version } : {}) } };
  return parseConfig(JSON.stringify({ engines, model: { name: "/a/folder" } }), "a.json").config;
};

/** Whether an entry can run, what it still wants, and what setup would do for it. */
async function found(version?: string) {
  const asked = config(version);
  const entry = asked.engines["t"] as Parameters<typeof tensorrtLlm.availability>[0];
  const { available, why } = await tensorrtLlm.availability(entry);
  const steps = await configParts(asked)[0]!.steps();
  return { available, why, missing: (await missingEngines(asked)).length, steps: steps.length };
}

Deno.test("an engine that the machine's own image has is used as it is, if its version is the one asked for", () =>
  withImage("1.2.1", async () => {
    for (const version of ["1.2.1", undefined]) {
      const { why, ...rest } = await found(version);
      assert.deepEqual(rest, { available: true, missing: 0, steps: 0 }, why);
    }
    const other = await found("1.3.0rc29");
    assert.equal(other.available, false);
    assert.match(other.why, /1\.3\.0rc29 is not installed; trtllm-serve on the PATH is 1\.2\.1$/);
    assert.ok(other.missing === 1 && other.steps > 0);
  }));

import assert from "node:assert/strict";
import { gpuEmptySchema } from "@/config/gpu_empty_schema.ts";
import { withNvidiaSmi } from "@/test_servers/nvidia_smi_stand_in.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { type GpuState, guardGpu, leftOver, otherTenants, readGpuState } from "./gpu_guard.ts";

const EMPTY = gpuEmptySchema.parse({});
const never = new AbortController().signal;
const state = (memory_used_mib: number[], ...pids: number[]): GpuState => ({
  memory_used_mib,
  processes: pids.map((pid) => ({ pid, used_mib: 70000, name: "VLLM::EngineCore" })),
});

Deno.test("an empty GPU has no tenants", () => {
  assert.equal(otherTenants(state([4, 610]), EMPTY), null);
});

Deno.test("other tenants are named with what to do, or their memory where they are hidden", () => {
  assert.match(
    otherTenants(state([70010], 4711, 4712), EMPTY)!,
    /in use by pid 4711 \(VLLM::EngineCore, 70000 MiB\), pid 4712 .*; end them, or set hardware\.allow_other_tenants/,
  );
  assert.match(otherTenants(state([4, 70010]), EMPTY)!, /^70010 MiB of GPU 1 are in use .* hidden/);
});

Deno.test("a GPU is empty when it is as it was, give or take", () => {
  assert.equal(leftOver(state([600]), state([900]), EMPTY), null);
  assert.equal(
    leftOver(state([20000], 1), state([25000], 1), EMPTY),
    null,
    "a tenant of before may grow",
  );
});

Deno.test("what is left is named by its pid, or by its memory where pids are hidden", () => {
  assert.match(
    leftOver(state([600], 1), state([70000], 1, 4711), EMPTY)!,
    /^pid 4711 \(VLLM::EngineCore, 70000 MiB\) still holds GPU memory; end it \(kill -9 4711\) and run again$/,
  );
  assert.match(
    leftOver(state([600]), state([70000]), EMPTY)!,
    /^GPU 0: 70000 MiB used, 600 MiB before, .*hidden/,
  );
});

Deno.test("the guard waits for memory that is given back late", async () => {
  const seen = [state([600]), state([70000], 4711), state([3000]), state([610])];
  let asked = 0;
  const read = () => Promise.resolve(seen[Math.min(asked++, seen.length - 1)]!);
  const guard = await guardGpu(EMPTY, { read, pause_ms: 0 });
  assert.equal(await guard!.untilEmpty(never), null);
  assert.equal(asked, 4);
});

Deno.test("the guard gives up at its limit and says what is left", async () => {
  await withNvidiaSmi({ memory: [600] }, async ({ set }) => {
    const guard = await guardGpu({ ...EMPTY, wait_s: 0.001 }, { pause_ms: 1 });
    set({ memory: [70600], apps: ["4711, 70000, VLLM::EngineCore"] });
    assert.match((await guard!.untilEmpty(never))!, /pid 4711/);
    set({ memory: [600] });
    assert.equal(await guard!.untilEmpty(never), null);
  });
});

Deno.test("without a GPU there is nothing to guard", async () => {
  await withEnv({ PATH: "/nowhere" }, async () => {
    assert.equal(await readGpuState(), null);
    assert.equal(await guardGpu(EMPTY), null);
  });
});

Deno.test("what counts as empty is the study's to say", () => {
  assert.match(otherTenants(state([600]), { idle_mib: 500 })!, /^600 MiB of GPU 0/);
  assert.equal(otherTenants(state([3000]), { idle_mib: 4000 }), null);
  assert.match(leftOver(state([600]), state([700]), { tolerance_mib: 50 })!, /^GPU 0: 700 MiB/);
  assert.equal(leftOver(state([600]), state([2600]), { tolerance_mib: 2000 }), null);
});

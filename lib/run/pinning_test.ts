import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { pinClient } from "./pinning.ts";

function study(hardware: Record<string, unknown>) {
  return configSchema.parse({ engines: { a: { kind: "vllm" } }, hardware });
}

Deno.test("without core lists nothing is pinned and nothing is said", async () => {
  const unpinned = { server_cores: null, client_cores: null, note: null };
  assert.deepEqual(await pinClient(study({})), unpinned);
});

Deno.test("cores that the machine lacks pin nothing, neither server nor client, and are named", async () => {
  const cores = navigator.hardwareConcurrency;
  for (
    const hardware of [
      { server_cores: "0", client_cores: String(cores) },
      { server_cores: `0-${cores}`, client_cores: "0" },
    ]
  ) {
    assert.deepEqual(await pinClient(study(hardware)), {
      server_cores: null,
      client_cores: null,
      note: `not pinned: core ${cores} is asked for, the machine has ${cores}`,
    });
  }
});

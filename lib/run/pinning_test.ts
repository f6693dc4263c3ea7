import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { pinClient } from "./pinning.ts";

const VLLM = { kind: "vllm" };
function study(hardware: Record<string, unknown>, entry: Record<string, unknown> = VLLM) {
  return configSchema.parse({ engines: { a: entry }, hardware });
}

Deno.test("where no server is launched nothing is pinned without core lists, and nothing is said", async () => {
  const elsewhere = { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "m" };
  const unpinned = { server_cores: null, client_cores: null, note: null };
  assert.deepEqual(await pinClient(study({}, elsewhere)), unpinned);
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

import assert from "node:assert/strict";
import { configSchema } from "./schema.ts";
import { coresByDefault, coresOf, dividesByDefault, listOf } from "./cores.ts";

Deno.test("a core list names single cores and ranges with both their ends", () => {
  assert.deepEqual(coresOf("0"), [0]);
  assert.deepEqual(coresOf("0,2-4,9"), [0, 2, 3, 4, 9]);
  assert.deepEqual(coresOf("7-7"), [7]);
});

Deno.test("a list is written as short as taskset reads it", () => {
  assert.equal(listOf([7, 3, 2, 4, 3]), "2-4,7");
  assert.deepEqual(coresOf(listOf([5, 1])), [1, 5]);
});

Deno.test("the client gets the last quarter of the cores by default, at most four; from eight up one is spare", () => {
  const divided = (list: string) => {
    const { server_cores, client_cores } = coresByDefault(coresOf(list))!;
    return [server_cores, client_cores];
  };
  assert.deepEqual(divided("0-3"), ["0-2", "3"]);
  assert.deepEqual(divided("0-15"), ["0-10", "12-15"]);
  assert.deepEqual(divided("0-207"), ["0-202", "204-207"]);
  assert.deepEqual(divided("2,8-10,4,6,12,14"), ["2,4,6,8-9", "12,14"]);
});

Deno.test("fewer than four cores are not divided by default", () => {
  assert.equal(coresByDefault([0, 1, 2]), null);
  assert.equal(coresByDefault([]), null);
});

Deno.test("a study that says no cores and launches a server divides them by default", () => {
  const external = { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "m" };
  const divides = (engines: Record<string, unknown>, hardware = {}) =>
    dividesByDefault(configSchema.parse({ engines, hardware }));
  assert.equal(divides({ v: { kind: "vllm" }, e: external }), true);
  assert.equal(divides({ e: external }), false);
  assert.equal(divides({ v: { kind: "vllm" } }, { server_cores: "0", client_cores: "1" }), false);
});

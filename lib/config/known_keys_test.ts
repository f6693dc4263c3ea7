import assert from "node:assert/strict";
import { z } from "zod";
import { editDistance, keysAt, nearest } from "./known_keys.ts";

Deno.test("edit distances are those of the textbook", () => {
  assert.equal(editDistance("kitten", "sitting"), 3);
  assert.equal(editDistance("", "abc"), 3);
  assert.equal(editDistance("prot", "port"), 1);
  assert.equal(editDistance("ca", "abc"), 3);
});

Deno.test("a far word has no nearest one", () => {
  assert.equal(nearest("colour", ["gpu", "provider"]), null);
  assert.equal(nearest("Block", ["seed", "blocks"]), "blocks");
});

Deno.test("keys are found through defaults, lists, records and unions", () => {
  const kinds = z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("a"), one: z.number() }),
    z.strictObject({ kind: z.literal("b"), two: z.number() }),
  ]);
  const schema = z.strictObject({
    list: z.array(z.strictObject({ x: z.number() })).default([]),
    map: z.record(z.string(), kinds),
    either: z.union([z.string(), z.strictObject({ y: z.number() })]).optional(),
  });
  const value = { list: [{}], map: { m: { kind: "b" } }, either: {} };
  assert.deepEqual(keysAt(schema, value, []), ["list", "map", "either"]);
  assert.deepEqual(keysAt(schema, value, ["list", 0]), ["x"]);
  assert.deepEqual(keysAt(schema, value, ["map", "m"]), ["kind", "two"]);
  assert.deepEqual(keysAt(schema, value, ["either"]), ["y"]);
  assert.deepEqual(keysAt(schema, value, ["map"]), []);
});

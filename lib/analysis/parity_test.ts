import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { SettingAudit } from "@/records/parity_record.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { armsOf, parityFindings, parityRows, sharedArm } from "./parity.ts";

const audit = (
  setting: SettingAudit["setting"],
  asked: SettingAudit["asked"],
  achieved: SettingAudit["achieved"],
): SettingAudit => ({
  setting,
  asked,
  achieved,
  source: "somewhere",
  verdict: asked === null
    ? null
    : achieved === null
    ? "not told"
    : asked === achieved
    ? "equal"
    : "unequal",
});

const launch = (entry: string, parity: SettingAudit[], more: object = {}) =>
  ({ entry, launch_id: `b1-${entry}`, kind: "vllm", parity, ...more }) as LaunchRecord;

function manifest(more: object = {}): Manifest {
  const engines = { a: { kind: "vllm" }, b: { kind: "sglang" } };
  const config = configSchema.parse({ engines, settings: { max_sequences: 16 }, ...more });
  return { config } as Manifest;
}

Deno.test("what two entries achieved is equal, unequal, or not known of both", () => {
  const rows = parityRows([
    launch("a", [
      audit("max_sequences", 16, 16),
      audit("kv_tokens", 1000, 1000),
      audit("seed", 1, 1),
      audit("memory_fraction", null, 0.9),
    ]),
    launch("b", [
      audit("max_sequences", 16, 8),
      audit("kv_tokens", 1000, 985),
      audit("seed", 1, null),
      audit("memory_fraction", null, 0.8),
    ]),
  ]);
  assert.deepEqual(rows.map(({ setting, equal }) => [setting, equal]), [
    ["max_sequences", "unequal"],
    // Blocks of tokens: 1.5 % apart.
    ["kv_tokens", "equal"],
    // Engines mean different shares by it.
    ["memory_fraction", null],
    ["seed", "not known"],
  ]);
});

Deno.test("an unequal pair is named with what each has; of other arms nothing is expected", () => {
  const launches = [
    launch("a", [audit("max_sequences", 16, 16)]),
    launch("b", [audit("max_sequences", 16, 8)]),
  ];
  assert.deepEqual(parityFindings(manifest(), launches), [
    "Settings are not equal: max_sequences is a 16, b 8.",
    "b did not take max_sequences 16: it has 8.",
  ]);
  assert.deepEqual(parityFindings(manifest({ arm: "shipped" }), launches), []);
});

Deno.test("an entry whose launches differ among themselves is unequal", () => {
  const [row] = parityRows([
    launch("a", [audit("kv_tokens", null, 1000)]),
    launch("a", [audit("kv_tokens", null, 700)], { launch_id: "b2-a" }),
    launch("b", [audit("kv_tokens", null, 1000)]),
  ]);
  assert.deepEqual([row!.equal, row!.entries[0]!.achieved], ["unequal", [1000, 700]]);
});

Deno.test("older runs have no rows and no arm", () => {
  assert.deepEqual(parityRows([{ entry: "a", kind: "vllm" } as LaunchRecord]), []);
  const { config } = { config: configSchema.parse({ engines: { a: { kind: "vllm" } } }) };
  assert.equal(sharedArm({ config }), null);
});

Deno.test("settings alone mean equalised; an entry of another arm makes the arm no shared one", () => {
  assert.equal(sharedArm(manifest()), "equalised");
  const engines = { a: { kind: "vllm" }, b: { kind: "sglang", arm: "shipped" } };
  const mixed = manifest({ engines });
  assert.deepEqual([...armsOf(mixed)], [["a", "equalised"], ["b", "shipped"]]);
  assert.equal(sharedArm(mixed), null);
});

import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import type { AccuracyRecord } from "@/records/accuracy_record.ts";
import { accuracyFindings, worseEntries } from "./accuracy.ts";

const config = configSchema.parse({
  engines: {
    good: { kind: "vllm" },
    alike: { kind: "sglang" },
    broken: { kind: "llama-cpp" },
    other: { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "another" },
  },
});

/** `right` says of each item by its number whether it was answered right. */
function record(entry: string, right: (item: number) => boolean, items = 200): AccuracyRecord {
  return {
    entry,
    launch_id: `b1-${entry}`,
    simulated: false,
    sha256: "s",
    answers: Array.from({ length: items }, (_, i) => ({
      item_id: `form/${i}`,
      right: right(i),
      text: "",
    })),
  };
}

Deno.test("an entry that answers worse is named with both counts and p; one that answers alike is not", () => {
  const findings = accuracyFindings({ config }, [
    record("good", (i) => i < 120),
    record("alike", (i) => i > 2 && i < 121),
    record("broken", (i) => i < 70),
  ]);
  assert.deepEqual(findings.scores.map(({ right }) => right), [120, 118, 70]);
  assert.deepEqual(findings.pairs.map(({ a, b, worse }) => [a, b, worse]), [
    ["good", "alike", null],
    ["good", "broken", "broken"],
    ["alike", "broken", "broken"],
  ]);
  assert.deepEqual([...worseEntries(findings).keys()], ["broken"]);
  assert.match(
    worseEntries(findings).get("broken")!,
    /broken answers 70 of 200 accuracy items .*(good 120|alike 118) of 200 .*p < 0\.001/,
  );
});

Deno.test("p is corrected for the number of pairs: what one pair shows, three may not", () => {
  // 1 against 9 items: p = 0.0215 alone.
  const two = [record("good", (i) => i !== 0), record("broken", (i) => i > 9 || i === 0)];
  assert.equal(accuracyFindings({ config }, two).pairs[0]!.worse, "broken");
  const three = [...two, record("alike", (i) => i !== 0)];
  assert.deepEqual(worseEntries(accuracyFindings({ config }, three)).size, 0);
});

Deno.test("entries of different models, or real and simulated ones, are never held to each other", () => {
  const other = record("other", () => false);
  const simulated = { ...record("alike", () => false), simulated: true };
  const { pairs } = accuracyFindings({ config }, [record("good", () => true), other, simulated]);
  assert.deepEqual(pairs, []);
});

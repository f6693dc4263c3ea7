import assert from "node:assert/strict";
import { compareOutputs } from "./notebook_diff.ts";
import type { Cell, Output } from "./notebook_file.ts";

const log = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
const rich = (data: Record<string, string>): Output => ({
  output_type: "display_data",
  data,
  metadata: {},
});

Deno.test("equal outputs do not differ, and neither do other bytes of an image", () => {
  assert.deepEqual(compareOutputs(cells([log("a\n")], []), cells([log("a\n")], [])), []);
  const before = cells([rich({ "image/png": "AAAA", "text/plain": "a line" })]);
  const now = cells([rich({ "image/png": "BBBB", "text/plain": "a line" })]);
  assert.deepEqual(compareOutputs(before, now), []);
});

Deno.test("an image that is no longer there is a difference, as is one that is new", () => {
  const withImage = cells([rich({ "image/png": "AAAA", "text/plain": "a line" })]);
  const without = cells([rich({ "text/plain": "a line" })]);
  const gone = compareOutputs(withImage, without);
  assert.deepEqual(gone, [`cell 1 output 1 image/png is gone: it was "an image"`]);
  assert.deepEqual(compareOutputs(without, withImage), [
    `cell 1 output 1 image/png is new: "an image"`,
  ]);
});

Deno.test("each differing cell is named once, with the first line that differs", () => {
  const before = cells([log("a\nb\n")], [], [log("c")]);
  const now = cells([log("a\nB\n")], [log("x")], []);
  assert.deepEqual(compareOutputs(before, now), [
    `cell 1 output 1 stream stdout line 2: committed "b", now "B"`,
    `cell 2 output 1 stream stdout is new: "x"`,
    `cell 3 output 1 stream stdout is gone: it was "c"`,
  ]);
});

Deno.test("an output that goes on longer says where, and a size that changed is seen", () => {
  assert.deepEqual(compareOutputs(cells([log("a")]), cells([log("a\nb")])), [
    `cell 1 output 1 stream stdout line 2: committed no such line, now "b"`,
  ]);
  const sized = (width: number) =>
    cells([{ ...rich({}), metadata: { "image/png": { width } } } as Output]);
  assert.match(compareOutputs(sized(1), sized(2))[0]!, /^cell 1 output 1 metadata line 1/);
});

function cells(...outputs: Output[][]): Cell[] {
  return outputs.map((outputs) => ({ kind: "code", id: "", tags: [], source: "", outputs }));
}

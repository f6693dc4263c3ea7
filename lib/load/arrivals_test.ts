import assert from "node:assert/strict";
import { Arrivals } from "./arrivals.ts";

Deno.test("bytes are kept in order past any growth, each with its read's time", () => {
  const arrivals = new Arrivals();
  const source = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  for (let read = 0; read < 60; read++) arrivals.append(source, read, 5000, read);
  const lengths = Array.from({ length: 60 }, (_, read) => 5000 - read);
  const { bytes } = arrivals;
  assert.equal(bytes.length, lengths.reduce((sum, length) => sum + length));
  const timeOf = arrivals.times();
  let offset = 0;
  for (const [read, length] of lengths.entries()) {
    assert.deepEqual(bytes.subarray(offset, offset + length), source.subarray(read));
    assert.deepEqual([timeOf(offset), timeOf(offset + length - 1)], [read, read]);
    offset += length;
  }
  assert.equal(arrivals.reads, 60);
});

Deno.test("pieces of one read count as one", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const arrivals = new Arrivals();
  arrivals.append(bytes, 0, 1, 7);
  arrivals.append(bytes, 2, 4, 7);
  arrivals.append(bytes, 3, 4, 8);
  assert.equal(arrivals.reads, 2);
  assert.deepEqual([...arrivals.bytes], [1, 3, 4, 4]);
  const timeOf = arrivals.times();
  assert.deepEqual([0, 1, 2, 3].map(timeOf), [7, 7, 7, 8]);
});

Deno.test("a buffer that was handed back shows nothing of the answer before", () => {
  const first = Arrivals.of([{ at_ms: 1, bytes: new Uint8Array(40_000).fill(9) }]);
  first.release();
  assert.equal(first.bytes.length, 0);
  const second = Arrivals.of([{ at_ms: 2, bytes: Uint8Array.of(5) }]);
  const third = Arrivals.of([{ at_ms: 3, bytes: Uint8Array.of(6) }]);
  assert.deepEqual([[...second.bytes], [...third.bytes]], [[5], [6]]);
});

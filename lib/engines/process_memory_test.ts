import assert from "node:assert/strict";
import { parseStatus, residentMemory } from "./process_memory.ts";

const STATUS = [
  "Name:\tpython",
  "VmPeak:\t  999999 kB",
  "VmHWM:\t  347520 kB",
  "VmRSS:\t  341004 kB",
  "RssAnon:\t  120000 kB",
  "",
].join("\n");

Deno.test("resident memory is VmRSS and its peak VmHWM, in bytes", () => {
  const { bytes, peak_bytes, label } = parseStatus(STATUS)!;
  assert.deepEqual([bytes, peak_bytes], [341004 * 1024, 347520 * 1024]);
  assert.match(label, /resident size/);
});

Deno.test("without VmRSS, as for a process that has ended, there is no reading", () => {
  assert.equal(parseStatus("Name:\tpython\nState:\tZ (zombie)\n"), null);
  assert.equal(parseStatus(""), null);
  assert.equal(parseStatus("VmRSS:\t 5 kB\n")!.peak_bytes, null);
});

Deno.test("a process that runs has resident memory where Linux tells, no process has any", async () => {
  const reading = await residentMemory(Deno.pid);
  if (Deno.build.os === "linux") {
    assert(reading!.bytes > 2 ** 20 && reading!.peak_bytes! >= reading!.bytes);
  } else {
    assert.equal(reading, null);
  }
  assert.equal(await residentMemory(null), null);
  // Above the largest process id that Linux gives.
  assert.equal(await residentMemory(2 ** 22 + 1), null);
});

import assert from "node:assert/strict";
import { parseStatus, residentMemory, residentMemoryOfTree, sumOfTree } from "./process_memory.ts";

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

const process = (pid: number, parent: number, rss: number, peak: number) =>
  `Name:\tp\nPid:\t${pid}\nPPid:\t${parent}\nVmHWM:\t ${peak} kB\nVmRSS:\t ${rss} kB\n`;

Deno.test("memory of a tree sums over all that descend from its root, and over nothing else", () => {
  const statuses = [
    process(30, 20, 400, 500), // listed before its parent
    process(10, 1, 1, 1),
    process(20, 10, 20, 30),
    process(40, 1, 8000, 8000), // a stranger
    process(50, 40, 8000, 8000),
    "Name:\tgone\nPid:\t60\nPPid:\t20\n", // a zombie has no size
  ].join("");
  const { bytes, peak_bytes, label } = sumOfTree(statuses, 10)!;
  assert.deepEqual([bytes, peak_bytes], [421 * 1024, 531 * 1024]);
  assert.match(label, /^sum of the resident sizes of the server's processes/);
  assert.equal(sumOfTree(statuses, 30)!.bytes, 400 * 1024);
  assert.equal(sumOfTree(statuses, 99), null);
  assert.equal(sumOfTree("", 10), null);
});

Deno.test("a process with a child takes more than the process alone", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  try {
    const [alone, tree] = [await residentMemory(child.pid), await residentMemoryOfTree(Deno.pid)];
    const self = (await residentMemory(Deno.pid))!.bytes;
    assert.ok(alone!.bytes > 1e5);
    assert.ok(tree!.bytes > self * 0.8 + alone!.bytes, `${tree!.bytes}`);
  } finally {
    child.stdin.close();
    await child.status;
  }
  assert.equal(await residentMemoryOfTree(null), null);
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

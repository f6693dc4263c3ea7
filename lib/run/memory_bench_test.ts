import assert from "node:assert/strict";

interface Mark {
  what: string;
  heap_mib: number;
  bytes_mib: number;
  file_mib: number;
}

Deno.test("what is kept in memory hardly grows with the number of a trial's requests", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--quiet", "--v8-flags=--expose-gc"],
      `${import.meta.dirname}/memory_bench.ts`,
      ...["200000", "8", "2000"],
    ],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const marks: Mark[] = new TextDecoder().decode(stdout).trim().split("\n")
    .map((line) => JSON.parse(line));
  const records = marks.filter(({ what }) => /records|Parquet/.test(what));
  assert.deepEqual(records.slice(0, 3).map(({ what }) => what), [
    "2000 records",
    "20000 records",
    "200000 records",
  ]);
  // 198,000 records kept as objects would be some 70 MiB.
  const [few, , many, stored] = records as [Mark, Mark, Mark, Mark];
  assert.ok(many.heap_mib - few.heap_mib < 4, `${few.heap_mib} to ${many.heap_mib} MiB`);
  assert.ok(stored.heap_mib - few.heap_mib < 8, `${stored.heap_mib} MiB after the Parquet file`);
  assert.ok(many.file_mib > 50 && stored.file_mib > 1);
  assert.equal(marks.filter(({ what }) => what.startsWith("each further request")).length, 3);
  const prepared = marks.filter(({ what }) => what.endsWith("requests prepared"));
  const [first, , last] = prepared as [Mark, Mark, Mark];
  assert.ok(last.file_mib > 250, "bodies of the longest trial");
  // An object for each would be some 15 MiB; the texts alone would be as much as the bodies.
  assert.ok(last.heap_mib - first.heap_mib < 4, `${first.heap_mib} to ${last.heap_mib} MiB`);
  assert.ok(last.bytes_mib < last.file_mib / 3, `${last.bytes_mib} MiB of bodies`);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { createRunFolder } from "@/records/run_folder.ts";
import { manifest } from "@/records/testdata/sample_records.ts";
import { report } from "./report.ts";

Deno.test("runs of one name, or one run twice, are refused with both folders named", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const dirs = ["a", "b"].map((parent) => join(folder, parent, "study"));
    for (const dir of dirs) createRunFolder(dir, manifest())[Symbol.dispose]();
    const same = (first: string, second: string) => () => report([first, second], {});
    assert.throws(same(dirs[0]!, dirs[1]!), /a\/study and .*b\/study are both called/);
    assert.throws(same(dirs[0]!, dirs[0]!), /are both called .*; give each run once/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

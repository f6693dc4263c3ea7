import assert from "node:assert/strict";
import { join } from "node:path";
import { TempFolder } from "@/test_servers/processes.ts";
import { PROJECT, run } from "@/test_servers/command_line.ts";

const NAME = "laptop-2026-11-24";
const RUN = join(PROJECT, "data", NAME);

/** A copy of a run of which one trial's file is damaged where only reading its columns shows it. */
function damagedCopy(temp: TempFolder): { dir: string; trial: string } {
  const dir = temp.file(NAME);
  Deno.mkdirSync(join(dir, "trials"), { recursive: true });
  for (const sub of ["", "trials"]) {
    for (const { name, isFile } of Deno.readDirSync(join(RUN, sub))) {
      if (isFile) Deno.copyFileSync(join(RUN, sub, name), join(dir, sub, name));
    }
  }
  const [trial] = [...Deno.readDirSync(join(dir, "trials"))].map(({ name }) => name)
    .filter((name) => /^b1-.*\.parquet$/.test(name)).sort();
  const path = join(dir, "trials", trial!);
  Deno.writeFileSync(path, Deno.readFileSync(path).fill(0xff, 4, 4000));
  return { dir, trial: trial! };
}

for (const command of ["summary", "compare"]) {
  Deno.test(`${command} says once on stderr which file it could not read, and why`, async () => {
    using temp = new TempFolder();
    const { dir, trial } = damagedCopy(temp);
    const { stdout, stderr } = await run([command, dir, "--json"]);
    const told = stderr.split("\n").filter((line) => line.includes(trial));
    assert.equal(told.length, 1, stderr);
    assert.match(told[0]!, /^laptop-2026-11-24: trials\/b1-.+ is damaged \(.+\); the journal/);
    assert.ok(JSON.parse(stdout).length > 0);
  });
}

import assert from "node:assert/strict";
import { coresInTree, coresOfTree } from "./process_cores.ts";

const thread = (pid: number, parent: number, cores: string) =>
  `Tgid:\t${pid}\nPPid:\t${parent}\nCpus_allowed_list:\t${cores}\n`;

Deno.test("cores of a tree are those of all its threads, and of nothing else", () => {
  const statuses = thread(7, 1, "0-15") + thread(10, 1, "2") + thread(10, 1, "3") +
    thread(11, 10, "4,7") + thread(12, 11, "4");
  assert.equal(coresInTree(statuses, 10), "2-4,7");
  assert.equal(coresInTree(statuses, 12), "4");
  assert.equal(coresInTree(statuses, 99), null);
});

Deno.test("a process that runs on one core is seen there, where Linux tells", async () => {
  const cat = new Deno.Command("taskset", {
    args: ["-c", "0", "cat"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = cat.stdin.getWriter();
  // Its echo shows that taskset has become cat.
  await writer.write(new TextEncoder().encode("x"));
  await cat.stdout.getReader().read();
  assert.equal(await coresOfTree(cat.pid), "0");
  await writer.close();
  await cat.status;
  assert.equal(await coresOfTree(cat.pid), null);
});

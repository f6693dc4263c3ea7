import assert from "node:assert/strict";
import { withDescendants } from "./process_tree.ts";

const process = (pid: number, parent: number) => ({ pid, parent });
const pids = (of: { pid: number }[]) => of.map(({ pid }) => pid).toSorted((a, b) => a - b);

Deno.test("a tree holds its root, children and their children, in whatever order they are told", () => {
  const all = [process(9, 7), process(7, 5), process(5, 1), process(6, 1), process(8, 6)];
  assert.deepEqual(pids(withDescendants(all, ({ pid }) => pid === 5)), [5, 7, 9]);
  assert.deepEqual(withDescendants(all, ({ pid }) => pid === 4), []);
});

Deno.test("a process that is a root and descends from one counts once", () => {
  const all = [process(5, 1), process(7, 5), process(8, 7)];
  assert.deepEqual(pids(withDescendants(all, ({ pid }) => pid !== 8)), [5, 7, 8]);
});

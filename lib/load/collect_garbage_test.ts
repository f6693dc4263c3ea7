import assert from "node:assert/strict";
import { collectGarbage } from "./collect_garbage.ts";

Deno.test("what nothing refers to any more is gone after a collection", async () => {
  const dropped = new WeakRef({});
  // A reference that was read in this turn of the event loop holds until its end.
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  assert.equal(dropped.deref(), undefined);
});

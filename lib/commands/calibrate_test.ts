import assert from "node:assert/strict";
import { run } from "@/test_servers/command_line.ts";

Deno.test("a calibration of no load at all is wrong usage", async () => {
  for (const most of ["4", "many"]) {
    const { code, stderr } = await run(["calibrate", "--most", most]);
    assert.equal(code, 2);
    assert.match(stderr, /--most (4|many): a number of at least 5/);
  }
});

import assert from "node:assert/strict";
import { nativeRecords } from "./native_source.ts";

Deno.test("the log of the server in C is read as that of the other one", () => {
  const log = "1 100.5000 150.5000 150.5100 170.6000\n3 101.0000 160.0000\n";
  assert.deepEqual(nativeRecords(log, { token_ms: 20 }), [
    {
      request: 1,
      received_ms: 100.5,
      due_ms: [150.5, 170.5],
      sent_ms: [150.51, 170.6],
      tokens: [1, 1],
      write_ms_max: 0,
      outcome: "sent",
    },
    {
      request: 3,
      received_ms: 101,
      due_ms: [],
      sent_ms: [],
      tokens: [],
      write_ms_max: 0,
      outcome: "sent",
    },
  ]);
  assert.deepEqual(nativeRecords("", { token_ms: 20 }), []);
});

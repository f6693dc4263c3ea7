import assert from "node:assert/strict";
import {
  counterDifference,
  parseMachineCounters,
  readMachineCounters,
} from "./machine_counters.ts";

/** Linux 6.18. */
const TEXT = `cpu  1026456 0 140076 1860627 7368 0 7854 1206 0 0
cpu0 513228 0 70038 930313 3684 0 3927 603 0 0
Ip: Forwarding DefaultTTL
Ip: 2 64
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 67655 45858 20189 678 0 24732338 24146162 63646 0 26542 0
`;

Deno.test("stolen time and segments sent again are read from the kernel's counters", () => {
  const ticks = 1026456 + 140076 + 1860627 + 7368 + 7854 + 1206;
  assert.deepEqual(parseMachineCounters(TEXT), { ticks, stolen: 1206, tcp_retransmits: 63646 });
});

Deno.test("what is not told is null and not zero", () => {
  const none = parseMachineCounters("");
  assert.deepEqual(none, { ticks: null, stolen: null, tcp_retransmits: null });
  const before = parseMachineCounters(TEXT);
  assert.deepEqual(counterDifference(before, none), { steal_share: null, tcp_retransmits: null });
  assert.equal(counterDifference(before, before).steal_share, null);
});

Deno.test("shares are of the time between two readings", () => {
  const before = { ticks: 1000, stolen: 10, tcp_retransmits: 5 };
  const after = { ticks: 1200, stolen: 30, tcp_retransmits: 8 };
  assert.deepEqual(counterDifference(before, after), { steal_share: 0.1, tcp_retransmits: 3 });
});

Deno.test("this machine tells them", async () => {
  const { ticks, stolen, tcp_retransmits } = await readMachineCounters();
  assert.ok(ticks! > 0 && stolen! >= 0 && tcp_retransmits! >= 0);
});

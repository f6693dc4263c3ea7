import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { SendTurns } from "./send_turns.ts";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Asks for room `count` times at once; which were let begin so far, in order. */
function ask(turns: SendTurns, count: number): number[] {
  const begun: number[] = [];
  for (let i = 0; i < count; i++) {
    const room = turns.room();
    if (room === null) begun.push(i);
    else room.then(() => begun.push(i));
  }
  return begun;
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("requests that come one by one begin at once", async () => {
  const turns = new SendTurns();
  for (let turn = 0; turn < 40; turn++) {
    assert.equal(turns.room(), null);
    await nextTurn();
  }
});

Deno.test("of many at once a few begin in each turn of the event loop, in order, and all do", async () => {
  const turns = new SendTurns();
  const begun = ask(turns, 40);
  assert.deepEqual(begun, upTo(16));
  await nextTurn();
  assert.deepEqual(begun, upTo(32));
  await nextTurn();
  assert.deepEqual(begun, upTo(40));
});

Deno.test("who asks while others wait does not go before them", async () => {
  const turns = new SendTurns();
  const first = ask(turns, 32);
  await nextTurn();
  assert.equal(first.length, 32);
  const late = ask(turns, 1);
  assert.deepEqual(late, [], "this turn is full with those who waited");
  await nextTurn();
  assert.deepEqual(late, [0]);
});

import assert from "node:assert/strict";
import { isRight, normalisedAnswer, readAccuracySet } from "./accuracy_items.ts";

Deno.test("the shipped set has at least 200 different questions, each after examples of its form", () => {
  const { items, sha256 } = readAccuracySet();
  assert.ok(items.length >= 200, `${items.length}`);
  assert.match(sha256, /^[0-9a-f]{64}$/);
  const questions = items.map(({ messages }) => messages.at(-1)!.content);
  assert.equal(new Set(questions).size, questions.length);
  for (const { messages, item_id, answers } of items) {
    assert.deepEqual(messages.slice(0, 2).map(({ role }) => role), ["user", "assistant"]);
    assert.equal(messages.at(-1)!.role, "user");
    // An example must not give the answer away.
    const asked = messages.at(-1)!.content;
    assert.ok(!messages.slice(0, -1).some(({ content }) => content === asked), item_id);
    for (const answer of answers) assert.notEqual(normalisedAnswer(answer), "", item_id);
  }
});

Deno.test("no single answer is right often, so that guessing gains nothing", () => {
  const { items } = readAccuracySet();
  const counts = Map.groupBy(items.flatMap(({ answers }) => answers), (answer) => answer);
  const most = Math.max(...[...counts.values()].map((same) => same.length));
  assert.ok(most <= 0.05 * items.length, `${most}`);
});

Deno.test("sums of the set are right", () => {
  for (const { messages, answers } of readAccuracySet().items) {
    const [, x, sign, y] = /^What is (\d+) (\+|-|times) (\d+)\?$/.exec(messages.at(-1)!.content) ??
      [];
    if (sign === undefined) continue;
    const [a, b] = [Number(x), Number(y)];
    const right = sign === "+" ? a + b : sign === "-" ? a - b : a * b;
    assert.deepEqual(answers, [String(right)]);
  }
});

Deno.test("only the answer itself is right, whatever its case, marks and article", () => {
  const item = { answers: ["New Delhi", "Delhi"] };
  for (const right of ["New Delhi", "new delhi.", ' "Delhi"!\nIt is a city.', "**The Delhi**"]) {
    assert.ok(isRight(right, item), right);
  }
  for (const wrong of ["", "The capital is New Delhi", "Delhi, India", "Del hi", "Mumbai"]) {
    assert.ok(!isRight(wrong, item), wrong);
  }
  assert.ok(isRight("8", { answers: ["8", "eight"] }));
  assert.ok(!isRight("18", { answers: ["8"] }));
});

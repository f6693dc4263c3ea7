import assert from "node:assert/strict";
import { groupLetters } from "./group_letters.ts";

const lettersOf = (count: number, pairs: string[]) =>
  groupLetters(count, (i, j) => pairs.includes(`${i}${j}`));

Deno.test("entries that cannot be told apart share a letter, others do not", () => {
  assert.deepEqual(lettersOf(3, []), ["a", "a", "a"]);
  assert.deepEqual(lettersOf(3, ["01", "02", "12"]), ["a", "b", "c"]);
  assert.deepEqual(lettersOf(3, ["02", "12"]), ["a", "a", "b"]);
  assert.deepEqual(lettersOf(3, ["02"]), ["a", "ab", "b"]);
  assert.deepEqual(lettersOf(4, ["02", "03", "13"]), ["a", "ab", "bc", "c"]);
  assert.deepEqual(lettersOf(1, []), ["a"]);
  assert.deepEqual(lettersOf(0, []), []);
});

Deno.test("for every pattern of five entries, a letter is shared exactly where none differ", () => {
  const pairs = ["01", "02", "03", "04", "12", "13", "14", "23", "24", "34"];
  for (let pattern = 0; pattern < 1 << pairs.length; pattern++) {
    const separable = pairs.filter((_, bit) => (pattern >> bit) & 1);
    const letters = lettersOf(5, separable);
    for (const pair of pairs) {
      const [x, y] = [letters[Number(pair[0])]!, letters[Number(pair[1])]!];
      const shared = [...x].some((letter) => y.includes(letter));
      assert.equal(shared, !separable.includes(pair), `${separable}: ${letters}`);
    }
  }
});

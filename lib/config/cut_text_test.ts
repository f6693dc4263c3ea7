import assert from "node:assert/strict";
import { cutText } from "./cut_text.ts";

Deno.test("a text that fits stays, a longer one ends with an ellipsis at the length", () => {
  assert.deepEqual(["", "abcd", "abcde", "abcdef"].map((text) => cutText(text, 5)), [
    "",
    "abcd",
    "abcde",
    "abcd…",
  ]);
});

import assert from "node:assert/strict";
import { COLOURS, entryStyles, PHASE_COLOURS } from "./palette.ts";

/** Relative luminance as in WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

Deno.test("every colour has 3:1 contrast on the light and on the dark page", () => {
  assert.equal(contrast("#ffffff", "#000000"), 21);
  for (const colour of [...COLOURS, ...Object.values(PHASE_COLOURS)]) {
    for (const page of ["#ffffff", "#14171a"]) {
      assert.ok(contrast(colour, page) >= 3, `${colour} on ${page}: ${contrast(colour, page)}`);
    }
  }
});

Deno.test("entries keep their style when more follow, and no two of eight look the same", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const styles = entryStyles(names);
  assert.deepEqual(entryStyles(["a", "b", "a"]).get("b"), styles.get("b"));
  assert.equal(new Set([...styles.values()].map((style) => JSON.stringify(style))).size, 8);
});

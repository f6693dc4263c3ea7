import assert from "node:assert/strict";
import { readLines } from "./file_lines.ts";

function withText(text: string, test: (path: string) => void) {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeTextFileSync(path, text);
    test(path);
  } finally {
    Deno.removeSync(path);
  }
}

Deno.test("lines longer than a piece and characters on its edge come back whole", () => {
  const long = "ü".repeat(1_200_000);
  const lines = ["a", "", `x${long}`, "日本".repeat(300_000), "end"];
  const text = lines.join("\n");
  withText(text, (path) => {
    const bytes = new TextEncoder().encode(text).length;
    assert.deepEqual([...readLines(path, 0, bytes)], lines);
    assert.deepEqual([...readLines(path, 2, 3)], [""]);
    assert.deepEqual([...readLines(path, 0, 2)], ["a"]);
    assert.deepEqual([...readLines(path, bytes - 3, bytes + 99)], ["end"]);
  });
});

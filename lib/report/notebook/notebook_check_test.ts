import assert from "node:assert/strict";
import { checkNotebook, syntaxErrors } from "./notebook_check.ts";
import type { Cell } from "./notebook_file.ts";

const FOLDER = `${import.meta.dirname}/testdata`;
const PATH = `${FOLDER}/made_up.ipynb`;

Deno.test("a type error is told with notebook, cell, line and column", async () => {
  const cells = notebook(
    `import { POINTS } from "./line_chart.ts";`,
    "POINTS.length;\nconst first: string = POINTS[0];",
  );
  const [problem, ...rest] = await checkNotebook(PATH, cells);
  assert.match(problem!, /^made_up.ipynb cell 2 line 2:7: TS2322 Type .* not assignable/);
  assert.deepEqual(rest, []);
});

Deno.test("a missing export, an unknown import and a lint finding are all told at once", async () => {
  const cells = notebook(
    `import { NOWHERE } from "./line_chart.ts";\nimport nothing from "no-such-package";`,
    `let x = 1;\nx;`,
  );
  const problems = await checkNotebook(PATH, cells);
  const starts = problems.map((problem) => problem.replace(/(TS\d+|lint \S+).*/, "$1"));
  assert.deepEqual(starts.sort(), [
    "made_up.ipynb cell 1 line 1:10: TS2305",
    "made_up.ipynb cell 1 line 2:21: TS2307",
    "made_up.ipynb cell 2 line 1:5: lint prefer-const:",
  ]);
});

Deno.test("a clean notebook has no problem: top-level await, unused names, values left alone", async () => {
  const cells = notebook("const unused = await Promise.resolve(1);", "1 + 1", "");
  assert.deepEqual(await checkNotebook(PATH, cells), []);
});

Deno.test("a syntax error is told once, by both checks alike", async () => {
  const cells = notebook("1", "const a = 1;\nlet b = ;");
  const expected = ["made_up.ipynb cell 2 line 2:9: SyntaxError: Expression expected"];
  assert.deepEqual(await checkNotebook(PATH, cells), expected);
  assert.deepEqual(await syntaxErrors(PATH, cells), expected);
});

Deno.test("the temporary module beside the notebook is removed", async () => {
  const folder = await Deno.makeTempDir({ dir: FOLDER, prefix: "empty-" });
  try {
    await checkNotebook(`${folder}/made_up.ipynb`, notebook("nowhere"));
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder);
  }
});

function notebook(...sources: string[]): Cell[] {
  return sources.map((source, i) => ({
    kind: "code",
    id: `c${i}`,
    tags: [],
    source,
    outputs: [],
  }));
}

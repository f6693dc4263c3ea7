import assert from "node:assert/strict";
import { type Cell, codeCells, formatNotebook, parseNotebook } from "./notebook_file.ts";

const PATH = "notebooks/00_test.ipynb";

// What nbformat 5.10 writes for this notebook.
const NBFORMAT = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "a",
   "metadata": {
    "tags": [
     "parameters"
    ]
   },
   "outputs": [
    {
     "data": {
      "image/png": "aGk=",
      "text/plain": [
       "é\\n",
       "b"
      ]
     },
     "execution_count": null,
     "metadata": {},
     "output_type": "execute_result"
    }
   ],
   "source": [
    "1;\\n",
    "\\n",
    "2"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "Deno",
   "language": "typescript",
   "name": "deno"
  },
  "language_info": {
   "name": "typescript"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

Deno.test("formatNotebook() writes what nbformat writes, and reading it back changes nothing", () => {
  const cells = parseNotebook(PATH, NBFORMAT);
  assert.equal(cells[0]!.source, "1;\n\n2");
  assert.equal(formatNotebook(cells), NBFORMAT);
});

Deno.test("metadata of a machine or an editor, counts and times are left out", () => {
  const notebook = JSON.parse(NBFORMAT);
  notebook.metadata.language_info.version = "6.0.3";
  notebook.metadata.widgets = {};
  notebook.cells[0].metadata.execution = { "iopub.execute_input": "2026-01-01T00:00:00Z" };
  notebook.cells[0].execution_count = 7;
  notebook.cells[0].outputs[0].execution_count = 7;
  assert.equal(formatNotebook(parseNotebook(PATH, JSON.stringify(notebook))), NBFORMAT);
});

Deno.test("cells without a good id of their own get one by their place", () => {
  const cell = (id?: string) => ({ cell_type: "markdown", metadata: {}, source: [], id });
  const cells = [cell("a"), cell("a"), cell("with space"), cell(undefined)];
  const parsed = parseNotebook(PATH, JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells }));
  assert.deepEqual(parsed.map(({ id }) => id), ["a", "cell-2", "cell-3", "cell-4"]);
});

Deno.test("codeCells() counts code cells only", () => {
  const cell = (kind: Cell["kind"]): Cell => ({ kind, id: "", tags: [], source: "", outputs: [] });
  const numbers = codeCells([cell("code"), cell("markdown"), cell("code")])
    .map(({ number }) => number);
  assert.deepEqual(numbers, [1, 2]);
});

Deno.test("parseNotebook() says what is wrong with a file", () => {
  assert.throws(() => parseNotebook(PATH, "{"), /00_test.ipynb is not JSON/);
  assert.throws(() => parseNotebook(PATH, `{"nbformat": 3, "cells": []}`), /nbformat/);
  const bad = JSON.stringify({ nbformat: 4, cells: [{ cell_type: "code" }] });
  assert.throws(() => parseNotebook(PATH, bad), /cells\.0\.source/);
});

import assert from "node:assert/strict";
import { type Cell, formatNotebook, parseNotebook } from "./notebook_file.ts";
import { formatSources } from "./notebook_format.ts";

const PATH = `${import.meta.dirname}/testdata/made_up.ipynb`;

Deno.test("formatSources() formats code and Markdown, keeps outputs, and is content the second time", async () => {
  const cell = {
    tags: [],
    id: "a",
    outputs: [{ output_type: "stream", name: "stdout", text: "1 " }],
  };
  const cells = [
    { ...cell, kind: "code", source: "const a   = 1" },
    { ...cell, kind: "markdown", id: "b", source: "* one\n* two", outputs: [] },
  ] as Cell[];
  const once = await formatSources(PATH, formatNotebook(cells));
  const [code, markdown] = parseNotebook(PATH, once);
  assert.equal(code!.source, "const a = 1;");
  assert.deepEqual(code!.outputs, cells[0]!.outputs);
  assert.equal(markdown!.source, "- one\n- two");
  assert.equal(await formatSources(PATH, once), once);
});

Deno.test("what formatNotebook() writes is left as it is", async () => {
  const path = `${import.meta.dirname}/testdata/figure.ipynb`;
  const json = await Deno.readTextFile(path);
  assert.equal(await formatSources(path, json), json);
});

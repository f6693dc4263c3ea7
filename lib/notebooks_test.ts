import assert from "node:assert/strict";
import { formatNotebook, parseNotebook } from "@/report/notebook/notebook_file.ts";
import { differences, NOTEBOOK_BYTES_MAX, processNotebook } from "./notebooks.ts";

const TESTDATA = `${import.meta.dirname}/report/notebook/testdata`;

Deno.test("the committed notebook of the tests is what a fresh run gives", async () => {
  assert.deepEqual(await processNotebook(`${TESTDATA}/figure.ipynb`, "check"), []);
});

Deno.test("--write stores formatted cells with the outputs of a fresh run", async () => {
  await withNotebook(["1+1"], async (path) => {
    assert.deepEqual(await processNotebook(path, "check"), [
      "made_up.ipynb is not formatted; refresh it with --write",
    ]);
    assert.deepEqual(await processNotebook(path, "write"), []);
    const [cell] = parseNotebook(path, await Deno.readTextFile(path));
    assert.equal(cell!.source, "1 + 1;");
    const data = { "text/plain": "2" };
    assert.deepEqual(cell!.outputs, [{ output_type: "execute_result", data, metadata: {} }]);
  });
});

Deno.test("--check names the cell whose output differs, and a file in another form", async () => {
  const committed = await Deno.readTextFile(`${TESTDATA}/figure.ipynb`);
  const after = (from: string, to: string) =>
    differences("figure.ipynb", committed, committed.replace(from, to));
  assert.deepEqual(after(`"points: 10\\n"`, `"points: 12\\n"`), [
    `figure.ipynb cell 3 output 1 stream stdout line 1: committed "points: 10", ` +
    `now "points: 12"; refresh it with --write`,
  ]);
  assert.deepEqual(after(`"image/png": "iVBOR`, `"image/png": "iVBOX`), []);
  const counted = committed.replace(`"execution_count": null`, `"execution_count": 4`);
  assert.deepEqual(differences("figure.ipynb", counted, committed), []);
  const widgets = committed.replace(
    `"metadata": {\n  "kernelspec"`,
    `"metadata": {\n  "widgets": {},\n  "kernelspec"`,
  );
  assert.match(differences("figure.ipynb", widgets, committed)[0]!, /not in the form/);
});

Deno.test("a notebook with a type error is not run", async () => {
  await withNotebook([`console.log("ran"); const n: number = "x"; n;`], async (path) => {
    const before = await Deno.readTextFile(path);
    const problems = await processNotebook(path, "write");
    assert.match(problems[0]!, /^made_up.ipynb cell 1 line 1:27: TS2322/);
    assert.equal(await Deno.readTextFile(path), before);
  });
});

Deno.test("a notebook that became too large is refused and not written", async () => {
  await withNotebook([`console.log("x".repeat(${NOTEBOOK_BYTES_MAX}));`], async (path) => {
    const problems = await processNotebook(path, "write");
    assert.match(problems[0]!, /made_up.ipynb has 50\d{4} bytes .* more than 500000/);
    const [cell] = parseNotebook(path, await Deno.readTextFile(path));
    assert.deepEqual(cell!.outputs, []);
  });
});

Deno.test("the program exits 1 and names notebook, cell and error", async () => {
  await withNotebook([`throw new Error("no");`], async (path) => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `${import.meta.dirname}/notebooks.ts`, "--check", path],
    }).output();
    assert.match(new TextDecoder().decode(stderr), /made_up.ipynb cell 1 failed: Error: no/);
    assert.equal(code, 1);
  });
});

async function withNotebook(
  sources: string[],
  use: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: TESTDATA, prefix: "made-" });
  const path = `${folder}/made_up.ipynb`;
  const cells = sources.map((source, i) => ({
    kind: "code" as const,
    id: `c${i}`,
    tags: [],
    source,
    outputs: [],
  }));
  try {
    await Deno.writeTextFile(path, formatNotebook(cells));
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

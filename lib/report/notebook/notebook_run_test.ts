import assert from "node:assert/strict";
import { type Cell, formatNotebook, parseNotebook } from "./notebook_file.ts";
import { absolutePath, runNotebook } from "./notebook_run.ts";

const PATH = `${import.meta.dirname}/testdata/made_up.ipynb`;

Deno.test("a run stores text as one stream, a value, a picture with its alt text, and a table", async () => {
  const path = `${import.meta.dirname}/testdata/figure.ipynb`;
  const cells = parseNotebook(path, await Deno.readTextFile(path)).map((cell) => ({
    ...cell,
    outputs: [],
  }));
  const fresh = await runNotebook(path, cells);
  const outputs = new Map(fresh.map((cell) => [cell.id, cell.outputs]));
  assert.deepEqual(outputs.get("log"), [
    { output_type: "stream", name: "stdout", text: "points: 10\nengine: left\n" },
  ]);
  assert.deepEqual(outputs.get("value"), [{
    output_type: "execute_result",
    data: { "text/plain": "[ 15, 18, 24, 36, 60 ]" },
    metadata: {},
  }]);
  const chart = outputs.get("chart")![0]!;
  assert.ok(chart.output_type === "display_data");
  const { "image/png": png, ...rest } = chart.data;
  const alt = "TTFT p50 against concurrency. Both rise; left is lower below 8.";
  assert.deepEqual(rest, { "text/plain": alt });
  assert.deepEqual(chart.metadata, { "image/png": { width: 480, height: 260, alt } });
  assert.ok(String(png).startsWith("iVBORw0KGgo"));
  const second = await runNotebook(path, cells);
  assert.equal(formatNotebook(second), formatNotebook(fresh));
});

Deno.test("a notebook gets its parameters from the environment", async () => {
  const [cell] = await runNotebook(PATH, notebook(`Deno.env.get("RUN")`), { env: { RUN: "r1" } });
  assert.deepEqual(textOf(cell!), [`"r1"`]);
});

Deno.test("a cell that throws fails with notebook, number, message and place", async () => {
  const cells = notebook("1", "", `throw new RangeError("too far")`);
  await assert.rejects(
    runNotebook(PATH, cells),
    /^Error: made_up.ipynb cell 3 failed: RangeError: too far\n +at <anonymous>:1/,
  );
});

Deno.test("an error output fails a cell that the kernel calls ok", async () => {
  const code =
    `await Deno.jupyter.broadcast("error", { ename: "E", evalue: "bad", traceback: [] })`;
  await assert.rejects(runNotebook(PATH, notebook(code)), /cell 1 failed: E: bad/);
});

Deno.test("an error in a timer fails the cell in which it happens, and freezes nothing", async () => {
  const code = `setTimeout(() => { throw new Error("late"); }, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));`;
  const importing = notebook(`import "@/report/notebook/display.ts";`, code);
  for (const cells of [notebook("1", code), importing]) {
    await assert.rejects(
      runNotebook(PATH, cells, { cellTimeoutMs: 5000 }),
      /cell 2 failed: Error: late \(in a timer or an unawaited promise\)/,
    );
  }
});

Deno.test("a rejection that nobody awaits fails its cell", async () => {
  const cells = notebook(
    `import { tick } from "@/report/notebook/display.ts";`,
    `Promise.reject(new Error("lost"));\nawait tick();`,
  );
  await assert.rejects(runNotebook(PATH, cells), /cell 2 failed: Error: lost/);
});

Deno.test("a syntax error, of which the kernel says nothing, is shown with its place", async () => {
  await assert.rejects(
    runNotebook(PATH, notebook("1", "const a = 1;\nlet b = ;")),
    /made_up.ipynb cell 2 failed: line 2:9: SyntaxError: Expression expected/,
  );
});

Deno.test("a cell that never ends fails with its number", async () => {
  await assert.rejects(
    runNotebook(PATH, notebook("1", "await new Promise(() => {})"), { cellTimeoutMs: 200 }),
    /made_up.ipynb cell 2: not finished after 0.2 s/,
  );
});

Deno.test("an absolute path in an output fails the run and names the cell", async () => {
  const cells = notebook("1", "console.log(Deno.cwd())");
  await assert.rejects(runNotebook(PATH, cells), /cell 2 shows the absolute path \/.*relative/);
});

Deno.test("absolutePath() finds paths of any machine and lets web addresses pass", () => {
  const own = ["/data/bench", undefined, "/"];
  const cases = [
    ["at file:///srv/x.ts:1:2", "file:///srv/x.ts:1:2"],
    ["in /data/bench/run", "/data/bench"],
    ["read '/home/me/run.json'", "/home/me/run.json"],
    ["C:\\Users\\me", "C:\\Users\\me"],
    ["POST http://127.0.0.1:8000/v1/completions", null],
    ["see https://example.org/home/page and a/usr/b", null],
    ["tok/s/user, 1/2", null],
  ] as const;
  for (const [text, found] of cases) assert.equal(absolutePath(text, [...own]), found);
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

function textOf(cell: Cell): unknown[] {
  return cell.outputs.map((output) => "data" in output ? output.data["text/plain"] : null);
}

import assert from "node:assert/strict";
import { figure, jupyterOrNull, show } from "./display.ts";
import { startKernel } from "./kernel.ts";

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>`;

Deno.test("a figure is a PNG and its alt text, nothing else, with its size on the page", () => {
  const shown = figure({ svg: SVG, width: 40, height: 30, alt: "nothing yet" });
  const bundle = shown[Symbol.for("Jupyter.display")]!();
  assert.deepEqual(Object.keys(bundle), ["image/png", "text/plain"]);
  assert.equal(bundle["text/plain"], "nothing yet");
  const png = Uint8Array.fromBase64(String(bundle["image/png"]));
  assert.equal(new DataView(png.buffer, 16).getUint32(0), 80);
  assert.deepEqual(shown.metadata, { "image/png": { width: 40, height: 30, alt: "nothing yet" } });
});

Deno.test("figure() asks for an alt text", () => {
  assert.throws(() => figure({ svg: SVG, width: 40, height: 30, alt: " " }), /needs an alt text/);
});

Deno.test("outside a notebook there is no kernel to touch, and show() says so", async () => {
  assert.equal(jupyterOrNull(), null);
  await assert.rejects(show(1), /works in a notebook only/);
});

Deno.test("show() sends any value, and replaces an output that it has named", async () => {
  await using kernel = await startKernel({ cwd: import.meta.dirname! });
  await kernel.execute(`import { figure, show } from "@/report/notebook/display.ts";`, 10_000);
  const plain = await kernel.execute(`await show([1, 2]);`, 10_000);
  assert.deepEqual(plain.outputs[0]!.content["data"], { "text/plain": "[ 1, 2 ]" });
  const picture = `figure({ svg: ${JSON.stringify(SVG)}, width: 40, height: 30, alt: "a" })`;
  const { outputs } = await kernel.execute(
    `await show("begin", { displayId: "p" });
     await show(${picture}, { displayId: "p", update: true });`,
    10_000,
  );
  const types = outputs.map(({ type, content }) => [type, content["transient"]]);
  assert.deepEqual(types, [
    ["display_data", { display_id: "p" }],
    ["update_display_data", { display_id: "p" }],
  ]);
});

import assert from "node:assert/strict";
import { fontFiles, svgToPng, withFixedColours } from "./png.ts";

const svg = (inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">${inside}</svg>`;

Deno.test("svgToPng() gives a PNG of twice the SVG's size", () => {
  const png = svgToPng(svg(""));
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const header = new DataView(png.buffer, 16);
  assert.deepEqual([header.getUint32(0), header.getUint32(4)], [80, 60]);
});

Deno.test("svgToPng() draws text, bold text and the system's font name with the font it brings", () => {
  const text = (attributes: string) => svgToPng(svg(`<text x="2" y="20" ${attributes}>ab</text>`));
  const plain = text(`font-family="system-ui, sans-serif"`);
  assert.notDeepEqual(plain, svgToPng(svg("")));
  assert.deepEqual(plain, text(`font-family="DejaVu Sans"`));
  assert.notDeepEqual(plain, text(`font-family="DejaVu Sans" font-weight="700"`));
});

Deno.test("svgToPng() puts a white page behind the figure and dark grey in place of currentColor", () => {
  const rect = (fill: string) => svg(`<rect width="40" height="30" fill="${fill}"/>`);
  assert.deepEqual(svgToPng(svg("")), svgToPng(rect("white")));
  assert.deepEqual(svgToPng(rect("currentColor")), svgToPng(rect("#1a1a1a")));
});

Deno.test("withFixedColours() takes the light colour, and the fallback of a variable", () => {
  const cases = [
    ["light-dark(#111, #eee)", "#111"],
    ["light-dark(rgb(1, 2, 3), rgb(4, 5, 6))", "rgb(1, 2, 3)"],
    ["var(--plot-background)", "#ffffff"],
    ["var(--line, rgb(1, 2, 3))", "rgb(1, 2, 3)"],
    ["var(--line, light-dark(#111, #eee))", "#111"],
    ["currentColor", "#1a1a1a"],
    ["#0072B2", "#0072B2"],
  ] as const;
  for (const [page, fixed] of cases) assert.equal(withFixedColours(page), fixed);
});

Deno.test("withFixedColours() refuses a variable that has no value here", () => {
  assert.throws(() => withFixedColours(`<g fill="var(--accent)">`), /var\(--accent\).*fallback/);
});

Deno.test("fontFiles() refuses to go on without a font", () => {
  assert.throws(() => fontFiles(["file:///nowhere/DejaVuSans.ttf"]), /no text.*deno install/);
});

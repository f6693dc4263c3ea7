/** SVG → PNG, with our own font and fixed colours: the same on every machine. */
import { Resvg } from "@resvg/resvg-js";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BACKGROUND = "#ffffff";
const TEXT = "#1a1a1a";
const FONT = "DejaVu Sans";
const FONT_FILES = [
  import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
];

/**
 * The PNG of an SVG that states its width and height, `scale` pixels for each of its pixels.
 * Throws when the font is not installed (text would vanish without a word) or when the SVG takes a
 * colour from a style variable that has no fallback.
 */
export function svgToPng(svg: string, scale = 2): Uint8Array<ArrayBuffer> {
  const image = new Resvg(withFixedColours(svg), {
    background: BACKGROUND,
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(FONT_FILES),
      defaultFontFamily: FONT,
      sansSerifFamily: FONT,
    },
  });
  return new Uint8Array(image.render().asPng());
}

/** Paths of the font files. Throws when one is missing. */
export function fontFiles(urls: string[]): string[] {
  return urls.map((url) => {
    const path = fileURLToPath(url);
    if (!existsSync(path)) {
      throw new Error(
        `the font ${path} is missing, and a figure without it has no text: run \`deno install\``,
      );
    }
    return path;
  });
}

/** The colours that a page would give, for a renderer without a page: a light one. */
export function withFixedColours(svg: string): string {
  const fixed = svg
    .replace(/light-dark\(\s*((?:[^(),]|\([^()]*\))+?)\s*,(?:[^()]|\([^()]*\))*\)/g, "$1")
    .replaceAll(/currentColor/gi, TEXT)
    .replace(/var\(\s*--plot-background\s*(?:,[^()]*)?\)/g, BACKGROUND)
    .replace(/var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))+?)\s*\)/g, "$1");
  const left = fixed.match(/var\([^)]*\)/);
  if (left === null) return fixed;
  throw new Error(
    `the SVG uses ${left[0]}, which has no value in a PNG: give it a fallback colour`,
  );
}

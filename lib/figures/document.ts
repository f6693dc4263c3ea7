/** The one place that holds a DOM: draws Plot panels and joins them into one SVG. */
import * as Plot from "@observablehq/plot";
import { JSDOM } from "jsdom";

const SVG = "http://www.w3.org/2000/svg";
const dom = new JSDOM("");
const page = dom.window.document;
const serializer = new dom.window.XMLSerializer();

export type Panel = ReturnType<typeof Plot.plot>;

export interface PlacedPanel {
  panel: Panel;
  heading: string | null;
  /** Height of the panel in pixels, its heading not included. */
  height: number;
}

export const TITLE_HEIGHT = 30;
export const HEADING_HEIGHT = 22;

/** One Plot drawing in 12 px text. `className` must be the figure's own, so that pages do not clash. */
export function drawPanel(className: string, options: Plot.PlotOptions): Panel {
  return Plot.plot({
    ...options,
    document: page,
    className: `plot-${className}`,
    style: { fontSize: "12px" },
  });
}

/**
 * An axis with every tick labelled. Plot's own axis hides some labels of a log scale, whatever ticks
 * it is given; the scale itself must say `axis: null`.
 */
export function numberAxis(side: "x" | "y", ticks: number[]): Plot.Markish {
  const text = (value: number) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
  return side === "x"
    ? Plot.axisX(ticks, { text, label: null })
    : Plot.axisY(ticks, { text, label: null });
}

/** A pixel position of a panel's scale, and back. */
export function scaleOf(panel: Panel, name: "x" | "y"): {
  apply: (value: number) => number;
  invert: (pixel: number) => number;
} {
  const scale = panel.scale(name)!;
  return { apply: (value) => scale.apply(value), invert: (pixel) => scale.invert!(pixel) };
}

/** Panels below each other under a title, as one self-contained SVG with a description. */
export function joinPanels(
  figure: { id: string; title: string; description: string; width: number },
  panels: PlacedPanel[],
): { svg: string; width: number; height: number } {
  const root = page.createElementNS(SVG, "svg");
  let y = TITLE_HEIGHT;
  root.append(textAt(2, 16, figure.title, { "font-weight": "600", "font-size": "14" }));
  for (const { panel, heading, height } of panels) {
    if (heading !== null) {
      root.append(textAt(2, y + 14, heading, { "font-weight": "600" }));
      y += HEADING_HEIGHT;
    }
    root.append(groupAt(y, panel));
    y += height;
  }
  const { width } = figure;
  setAll(root, {
    id: `figure-${figure.id}`,
    class: `figure-${figure.id}`,
    width: String(width),
    height: String(y),
    viewBox: `0 0 ${width} ${y}`,
    fill: "currentColor",
    "font-family": "system-ui, 'DejaVu Sans', sans-serif",
    "font-size": "12",
    "text-anchor": "middle",
    role: "img",
    "aria-label": figure.title,
    "aria-description": figure.description,
  });
  return { svg: rounded(serializer.serializeToString(root)), width, height: y };
}

// Plot's own style sheet is left out: its `height: auto` and `max-width` are for a root element.
function groupAt(y: number, panel: Panel) {
  const group = page.createElementNS(SVG, "g");
  group.setAttribute("transform", `translate(0,${y})`);
  for (const child of [...panel.childNodes]) {
    if (child.nodeName.toLowerCase() !== "style") group.append(child);
  }
  return group;
}

function textAt(x: number, y: number, text: string, attributes: Record<string, string>) {
  const element = page.createElementNS(SVG, "text");
  setAll(element, { x: String(x), y: String(y), "text-anchor": "start", ...attributes });
  element.textContent = text;
  return element;
}

function setAll(
  element: { setAttribute(name: string, value: string): void },
  attributes: Record<string, string>,
): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** Numbers in attributes at three decimals, so that the same data give the same bytes. */
function rounded(svg: string): string {
  return svg.replace(
    /(="[^"]*")/g,
    (attribute) => attribute.replace(/-?\d+\.\d{4,}/g, (number) => String(+(+number).toFixed(3))),
  );
}

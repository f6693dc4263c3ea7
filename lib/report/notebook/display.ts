/**
 * What a notebook cell shows. A figure is `image/png` and `text/plain` only: beside a PNG, an SVG
 * or HTML output wins in some viewers and is then stripped or blank.
 *
 * Importing this file inside the kernel also makes errors in timers and forgotten promises visible:
 * the kernel would swallow them, or freeze.
 */
import { svgToPng } from "@/figures/png.ts";

const TICK_MS = 20;
const TICK_LARGE_MS = 50;
const LARGE_CHARACTERS = 1_000_000;
const DISPLAY = Symbol.for("Jupyter.display");

type Bundle = Record<string, unknown>;

/** A value that the kernel shows by the MIME bundle it gives. */
export interface Displayable {
  [key: symbol]: () => Bundle;
  /** Of the output, by MIME type. */
  metadata?: Record<string, { width: number; height: number; alt: string }>;
}

export interface ShowOptions {
  /** Names the output, so that a later `show` with `update` replaces it. */
  displayId?: string;
  update?: boolean;
}

/** A figure for a cell: the last expression, or better `await show(figure(…))`. Sizes in CSS pixels. */
export function figure(
  picture: { svg: string; width: number; height: number; alt: string },
): Displayable {
  const { svg, width, height, alt } = picture;
  if (alt.trim() === "") throw new Error("a figure needs an alt text: say what is seen in it");
  const bundle = { "image/png": svgToPng(svg, 2).toBase64(), "text/plain": alt };
  return { [DISPLAY]: () => bundle, metadata: { "image/png": { width, height, alt } } };
}

/**
 * Shows a value and waits a moment. Use it in place of a bare last expression: the kernel reports
 * a cell as done before it has sent its output, and common runners then lose the output.
 */
export async function show(value: unknown, options: ShowOptions = {}): Promise<void> {
  const jupyter = jupyterOrNull();
  if (jupyter === null) {
    throw new Error("show() works in a notebook only: outside of one, print or write the value");
  }
  const id = options.displayId;
  const displayable = asDisplayable(value);
  if (displayable === null) {
    const place = id === undefined ? {} : { display_id: id, update: options.update ?? false };
    await jupyter.display(value, place);
    return await tick(0);
  }
  const data = displayable[DISPLAY]!();
  // display() cannot set metadata, which gives the picture its size on the page.
  await jupyter.broadcast(options.update ? "update_display_data" : "display_data", {
    data,
    metadata: displayable.metadata ?? {},
    transient: id === undefined ? {} : { display_id: id },
  });
  await tick(JSON.stringify(data).length);
}

/** Lets the kernel send what a cell printed; the last statement of a cell with much `console.log`. */
export async function tick(characters = 0): Promise<void> {
  const ms = characters >= LARGE_CHARACTERS ? TICK_LARGE_MS : TICK_MS;
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** The kernel's API, or null outside a kernel, where merely touching it throws. */
export function jupyterOrNull(): typeof Deno.jupyter | null {
  try {
    return Deno.jupyter;
  } catch {
    return null;
  }
}

function asDisplayable(value: unknown): Displayable | null {
  const isObject = typeof value === "object" && value !== null;
  const gives = isObject && typeof (value as Displayable)[DISPLAY] === "function";
  return gives ? value as Displayable : null;
}

/** Only printed: a broadcast from one of these listeners would freeze the kernel. */
function reportStrayErrors(): void {
  const report = (event: Event, error: unknown) => {
    event.preventDefault();
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    console.error(`${text} (in a timer or an unawaited promise)`);
  };
  addEventListener("error", (event) => report(event, event.error));
  addEventListener("unhandledrejection", (event) => report(event, event.reason));
}

if (jupyterOrNull() !== null) reportStrayErrors();

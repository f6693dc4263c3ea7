/** A small chart for the notebook tests; the DOM that Plot draws in stays in here. */
import * as Plot from "@observablehq/plot";
import { JSDOM } from "jsdom";

const window = new JSDOM("").window;

export interface Point {
  concurrency: number;
  ttft_ms_p50: number;
  engine: string;
}

export const POINTS: Point[] = [1, 2, 4, 8, 16].flatMap((concurrency) => [
  { concurrency, ttft_ms_p50: 12 + 3 * concurrency, engine: "left" },
  { concurrency, ttft_ms_p50: 20 + 2 * concurrency, engine: "right" },
]);

export function lineChart(points: Point[]): { svg: string; width: number; height: number } {
  const width = 480;
  const height = 260;
  const svg = Plot.plot({
    document: window.document,
    width,
    height,
    marginLeft: 60,
    marginRight: 60,
    marginBottom: 40,
    style: { fontSize: "12px" },
    x: { type: "log", base: 2, label: "concurrency", tickFormat: String },
    y: { label: "TTFT p50 (ms)", grid: true },
    marks: [
      Plot.lineY(points, {
        x: "concurrency",
        y: "ttft_ms_p50",
        stroke: "engine",
        marker: "circle",
      }),
      Plot.text(
        points,
        Plot.selectLast({
          x: "concurrency",
          y: "ttft_ms_p50",
          z: "engine",
          text: "engine",
          dx: 24,
        }),
      ),
    ],
  });
  return { svg: new window.XMLSerializer().serializeToString(svg), width, height };
}

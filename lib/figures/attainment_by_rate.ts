/** A search's attainment of its SLO against the offered rate. */
import type { AttainmentPoint, SearchResult } from "@/analysis/search_result.ts";
import { fixed } from "@/analysis/number_text.ts";
import { joinPanels } from "./document.ts";
import { altText, entryLabel, type Figure, figureId, type FigureOptions } from "./figure.ts";
import { figureTitle, numberColumn, textColumn } from "./figure.ts";
import { labelMargin, levelPanel, MARGIN_LEFT, panelHeight, type Series } from "./level_panel.ts";
import { entryStyles } from "./palette.ts";
import { zeroScale } from "./scales.ts";

/**
 * Draws the share of requests that kept every limit at each rate tried, with its exact interval, the
 * monotone fit and the target. Null when no rate was tried.
 */
export function attainmentByRate(result: SearchResult, options: FigureOptions = {}): Figure | null {
  const { points, search, engine, simulated } = result;
  if (points.length === 0) return null;
  const id = figureId(options, `attainment-${engine}`);
  const title = figureTitle(`SLO attainment by offered rate: ${engine}`, simulated, options);
  const target = 100 * search.target;
  const series = seriesOf(result, target);
  const marginRight = labelMargin(series.map(({ label }) => label));
  const width = MARGIN_LEFT + 270 + marginRight;
  const height = panelHeight(series.length, true) + 80;
  const panel = levelPanel({
    className: id,
    series,
    levels: points.map(({ rate_per_s }) => rate_per_s),
    y: zeroScale([100]),
    width,
    height,
    marginRight,
    xLabel: "offered requests/s",
  });
  const finding = result.sentence;
  return {
    id,
    title,
    finding,
    how_to_read:
      `Dot: share of the requests at a rate, search and confirmation together, that kept ` +
      `every limit; thick line: its 95 % interval for as many requests as they are ` +
      `worth, since misses cluster. Where the line ` +
      `crosses the target of ${fixed(target, 0)} % lies the largest load.`,
    missing: [],
    ...joinPanels({ id, title, description: finding, width }, [{
      panel,
      heading: "Requests that kept every limit, %",
      height,
    }]),
    alt: altText(title, finding),
    table: tableOf(points),
  };
}

function seriesOf({ points, engine, simulated }: SearchResult, target: number): Series[] {
  const styles = entryStyles(["seen", "fit", "target"]);
  const at = (point: AttainmentPoint, share: number, range: [number, number] | null) => ({
    level: point.rate_per_s,
    load: `${point.rate_per_s} requests/s`,
    value: share,
    low: range?.[0] ?? null,
    high: range?.[1] ?? null,
    tooltip: `${point.rate_per_s} requests/s: ${fixed(share, 1)} % of ${point.n}`,
  });
  const ends = points.length === 1 ? points : [points[0]!, points.at(-1)!];
  return [
    {
      label: entryLabel(engine, simulated),
      style: styles.get("seen")!,
      points: points.map((point) =>
        at(point, 100 * point.attainment, [100 * point.low, 100 * point.high])
      ),
    },
    {
      label: "monotone fit",
      style: styles.get("fit")!,
      points: points.map((point) => at(point, 100 * point.fitted, null)),
    },
    {
      label: "target",
      style: styles.get("target")!,
      points: ends.map((point) => at(point, target, null)),
    },
  ];
}

function tableOf(points: AttainmentPoint[]): Figure["table"] {
  const share = (key: string, label: string) => numberColumn(key, label, "%", 1);
  return {
    columns: [
      numberColumn("rate_per_s", "Offered", "req/s", 2),
      numberColumn("n", "Requests", null, 0),
      numberColumn("in_start_up", "Sent in start-up, not counted", null, 0),
      numberColumn("n_eff", "Worth independent ones", null, 0),
      share("attainment", "Kept every limit"),
      share("low", "95 % from"),
      share("high", "95 % to"),
      share("fitted", "Monotone fit"),
      textColumn("search", "Search"),
      textColumn("confirmation", "On fresh launches"),
    ],
    rows: points.map((point) => ({
      rate_per_s: point.rate_per_s,
      n: point.n,
      in_start_up: point.in_start_up,
      n_eff: point.n_eff,
      attainment: 100 * point.attainment,
      low: 100 * point.low,
      high: 100 * point.high,
      fitted: 100 * point.fitted,
      search: point.search,
      confirmation: point.confirmation,
    })),
  };
}

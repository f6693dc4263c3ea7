/** Every trial, every gate and every launch, folded away until asked for. */
import { levelValue } from "@/analysis/load_axis.ts";
import { type Gate, MEASURED_HERE, type SummaryRow } from "@/analysis/summary_row.ts";
import { METRICS } from "@/analysis/metrics.ts";
import { counted, fixed, listed, metricText } from "@/analysis/number_text.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { numberCell, numberColumn, section, textCell, textColumn } from "./report_blocks.ts";
import type { Block, ReportTable, Section } from "./report_blocks.ts";
import type { ReportInput } from "./report_input.ts";

/** Trials of real and of simulated engines in tables of their own, then gates and launches. */
export function trialsSection(input: ReportInput): Section {
  const groups = [false, true].flatMap((simulated): Block[] => {
    const rows = input.summary.filter((row) => row.simulated === simulated);
    if (rows.length === 0) return [];
    const said = simulated ? " of simulated engines" : "";
    return [{
      kind: "details",
      summary: `${counted(rows.length, "trial")}${said}: numbers and verdicts`,
      blocks: [{ kind: "table", table: trialTable(rows, simulated) }],
    }, {
      kind: "details",
      summary: `Gates${said}: what each trial had to pass`,
      blocks: [{ kind: "table", table: gateTable(rows, simulated) }],
    }];
  });
  const launches: Block[] = input.launches.length === 0 ? [] : [{
    kind: "details",
    summary: `${counted(input.launches.length, "launch", "launches")}: start-up and how each ended`,
    blocks: [{ kind: "table", table: launchTable(input.launches) }],
  }];
  return section("trials", "Every trial", [
    {
      kind: "paragraph",
      text:
        "A trial is one entry under one load in one launch. VALID: it may be used. SUSPECT: used, with its reason beside it. INVALID: not to be relied on.",
    },
    ...groups,
    ...launches,
  ]);
}

function trialTable(rows: SummaryRow[], simulated: boolean): ReportTable {
  const watched = rows.some(({ canary_requests }) => canary_requests !== null);
  const metric = (name: keyof typeof METRICS, value: number | null) =>
    numberCell(metricText(name, value), value);
  const own = rows.every(({ measured_by }) => measured_by === MEASURED_HERE);
  return {
    id: simulated ? "trials-simulated" : "trials-real",
    caption: `One row a trial${simulated ? " (simulated)" : ""}`,
    columns: [
      textColumn("Engine"),
      ...(own ? [] : [textColumn("Measured by")]),
      textColumn("Load"),
      numberColumn("Block"),
      numberColumn("Requests"),
      numberColumn("Failed"),
      numberColumn("Throughput", "tok/s"),
      numberColumn("TTFT p50", "ms"),
      numberColumn("TTFT from send p50", "ms"),
      numberColumn("TPOT p50", "ms"),
      numberColumn("E2E p50", "ms"),
      numberColumn("In flight", "mean"),
      numberColumn("Tokens per event"),
      numberColumn("Send lag p99", "ms"),
      ...(watched
        ? [numberColumn("Client's TTFT error p50", "ms"), numberColumn("TPOT error p50", "%")]
        : []),
      textColumn("Verdict"),
      textColumn("Reasons"),
    ],
    rows: rows.map((row) => [
      textCell(simulated ? `${row.engine} (simulated)` : row.engine),
      ...(own ? [] : [textCell(row.measured_by)]),
      { ...textCell(row.load), sort: levelValue(row) },
      numberCell(String(row.block), row.block),
      numberCell(fixed(row.requests, 0), row.requests),
      numberCell(fixed(row.failed, 0), row.failed),
      metric("output_tokens_per_s", row.output_tokens_per_s),
      metric("ttft_ms", row.ttft_ms_p50),
      metric("ttft_from_send_ms", row.ttft_from_send_ms_p50),
      metric("tpot_ms", row.tpot_ms_p50),
      metric("e2e_ms", row.e2e_ms_p50),
      numberCell(fixed(row.in_flight_mean, 2), row.in_flight_mean),
      numberCell(fixed(row.tokens_per_event, 2), row.tokens_per_event),
      numberCell(fixed(row.send_lag_ms_p99, 2), row.send_lag_ms_p99),
      ...(watched ? canaryCells(row) : []),
      textCell(row.verdict),
      textCell(row.reasons.join("; ")),
    ]),
  };
}

/** The client's errors on the stream of known truth beside the load. */
function canaryCells(row: SummaryRow) {
  const ttft_ms = row.canary_ttft_error_ms_p50;
  const tpot = row.canary_tpot_error_share_p50;
  const percent = tpot === null ? null : 100 * tpot;
  return [numberCell(fixed(ttft_ms, 2), ttft_ms), numberCell(fixed(percent, 3), percent)];
}

function gateTable(rows: SummaryRow[], simulated: boolean): ReportTable {
  const all = rows.flatMap((row) => row.gates.map((gate) => ({ row, gate })));
  const groups = Map.groupBy(all, ({ gate }) => gate.gate);
  return {
    id: simulated ? "gates-simulated" : "gates-real",
    caption: `Gates over all trials${simulated ? " (simulated)" : ""}`,
    columns: [
      textColumn("Gate"),
      textColumn("Limit"),
      textColumn("Values seen"),
      numberColumn("Passed"),
      numberColumn("Failed"),
      textColumn("A failure is caused by"),
      textColumn("and makes the trial"),
    ],
    rows: [...groups].map(([name, members]) => {
      const gates = members.map(({ gate }) => gate);
      const passed = gates.filter((gate) => gate.pass).length;
      const distinct = (get: (gate: Gate) => string) => listed([...new Set(gates.map(get))]);
      const limits = [...new Set(gates.map((gate) => gate.limit))];
      return [
        textCell(name),
        textCell(limits.length <= 3 ? limits.join("; ") : `${limits[0]} … ${limits.at(-1)}`),
        textCell(valuesSeen(gates)),
        numberCell(String(passed), passed),
        numberCell(String(gates.length - passed), gates.length - passed),
        textCell(distinct((gate) => gate.cause)),
        textCell(distinct((gate) => gate.fails_to)),
      ];
    }),
  };
}

function valuesSeen(gates: Gate[]): string {
  const numbers = gates.map((gate) => gate.value).filter((value) => typeof value === "number");
  if (numbers.length === 0) {
    const words = [...new Set(gates.map((gate) => String(gate.value ?? "–")))];
    return words.length <= 3 ? words.join("; ") : `${words.slice(0, 3).join("; ")} …`;
  }
  const short = (value: number) => (+value.toPrecision(4)).toLocaleString("en-US");
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  return low === high ? short(low) : `${short(low)} to ${short(high)}`;
}

function launchTable(launches: LaunchRecord[]): ReportTable {
  return {
    id: "launches",
    caption: "One row a launch, in running order",
    columns: [
      textColumn("Launch"),
      textColumn("Engine"),
      textColumn("Outcome"),
      numberColumn("Start-up", "s"),
      textColumn("Started"),
      textColumn("Exit"),
      textColumn("Error"),
    ],
    rows: launches.map((launch) => [
      textCell(launch.launch_id),
      textCell(launch.simulated ? `${launch.entry} (simulated)` : launch.entry),
      textCell(launch.outcome),
      numberCell(metricText("ready_s", launch.ready_s), launch.ready_s),
      textCell(launch.started_at),
      textCell(launch.exit ?? "–"),
      textCell(launch.error ?? ""),
    ]),
  };
}

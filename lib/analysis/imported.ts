/** Trials that another tool measured: what can be checked of them, and what a file of percentiles fills. */
import type { ImportedTrial } from "@/records/imported_trial.ts";
import { failures, finished, type GateInput, inFlight, sampleSize, sendLag } from "./gates.ts";
import { smallestSample } from "./statistics/order_statistics.ts";
import type { Gate, SummaryRow } from "./summary_row.ts";

/** The gates of an imported trial. It is never VALID: too much of it is not known. */
export function importedGates(input: GateInput, imported: ImportedTrial): Gate[] {
  const { numbers } = imported;
  if (numbers) return [provenance(), countedFailures(numbers), sampleSize(input)];
  return [
    provenance(),
    finished(input),
    failures(input),
    input.record?.window_start_ms == null ? noSendTimes(input) : inFlight(input),
    sampleSize(input),
    ...(input.send_lag_ms_p99 === null ? [] : [sendLag(input)]),
  ];
}

/** Columns out of a file of percentiles, as far as its sample carries them; none for other trials. */
export function importedColumns(imported: ImportedTrial | null): Partial<SummaryRow> {
  if (!imported?.numbers) return {};
  const { numbers } = imported;
  // A failed request counts as infinitely slow; the tool's percentiles leave it out.
  const carried = (value: number | null, p: 0.5 | 0.9 | 0.99) =>
    numbers.failed === 0 && numbers.requests >= smallestSample(p) ? value : null;
  return {
    ...numbers,
    ttft_from_send_ms_p50: carried(numbers.ttft_from_send_ms_p50, 0.5),
    tpot_ms_p50: carried(numbers.tpot_ms_p50, 0.5),
    tpot_ms_p90: carried(numbers.tpot_ms_p90, 0.9),
    tpot_ms_p99: carried(numbers.tpot_ms_p99, 0.99),
  };
}

function provenance(): Gate {
  return {
    gate: "imported",
    value: "measured by another tool; launch, warm-up, prompts and output lengths not known",
    limit: "measured by this project",
    pass: false,
    cause: "plan",
    fails_to: "SUSPECT",
  };
}

function countedFailures({ failed, requests }: NonNullable<ImportedTrial["numbers"]>): Gate {
  return {
    gate: "failures",
    value: `${failed} of ${requests} failed`,
    limit: "0.1 %",
    pass: failed <= 0.001 * requests,
    cause: "server",
    fails_to: "INVALID",
  };
}

function noSendTimes(input: GateInput): Gate {
  const { limit } = inFlight(input);
  return {
    gate: "in flight",
    value: "not known, the file does not tell when requests were sent",
    limit,
    pass: false,
    cause: "plan",
    fails_to: "SUSPECT",
  };
}

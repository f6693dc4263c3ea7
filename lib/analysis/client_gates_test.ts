import assert from "node:assert/strict";
import { DEFAULT_MARGINS } from "@/config/use_case_schema.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { CanaryRecord } from "@/records/canary_record.ts";
import type { ClientHealth } from "@/records/trial_record.ts";
import {
  calibration as sampleCalibration,
  calibrationLevel,
} from "@/records/testdata/sample_calibration.ts";
import { trialRecord } from "@/records/testdata/sample_records.ts";
import { canaryIsFine, type ClientGateInput, clientGates, HARMLESS } from "./client_gates.ts";

function canary(changes: Partial<CanaryRecord> = {}): CanaryRecord {
  return {
    requests: 20,
    failed: 0,
    ttft_error_ms_p50: 5,
    ttft_error_ms_p99: 9,
    ttft_client_error_ms_p50: 0.2,
    ttft_client_error_ms_p99: 1,
    tpot_error_ms_p50: 0.005,
    tpot_error_share_p50: 0.0005,
    tpot_error_share_p99: 0.01,
    server_late_ms_p50: 4.8,
    server_late_ms_p99: 8,
    server_cpu_share: 0.01,
    error: null,
    ...changes,
  };
}

function health(changes: Partial<ClientHealth> = {}): ClientHealth {
  return {
    event_loop_lag_ms_p99: 1,
    event_loop_lag_ms_max: 3,
    cpu_share: 0.2,
    connections_opened_before: 10,
    connections_reopened: 0,
    gc: { count: 2, total_ms: 3, max_ms: 2 },
    steal_share: 0,
    tcp_retransmits: 0,
    ...changes,
  };
}

/** A calibration that its limit ended at 1,000 events a second. */
const calibration = (changes: Partial<Calibration> = {}) =>
  sampleCalibration({
    levels: [calibrationLevel(30)],
    ceiling_events_per_s: 1000,
    ...changes,
  });

/** TTFT of 50 ms, so a tenth of the margin is 0.5 ms; TPOT of 10 ms, there it is 0.05 ms. */
function input(
  changes: Partial<ClientGateInput> = {},
  { seen = canary(), client = health() }: { seen?: CanaryRecord | null; client?: ClientHealth } =
    {},
): ClientGateInput {
  const record = trialRecord({ client, ...(seen === null ? {} : { canary: seen }) });
  const margins = DEFAULT_MARGINS;
  return { margins, record, ttft_ms_p50: 50, tpot_ms_p50: 10, events_per_s: 100, ...changes };
}

const gate = (name: string, of: ClientGateInput) =>
  clientGates(of).find((each) => each.gate === name)!;

/** `pass`, or what the gate makes of the trial. */
const outcome = (name: string, of: ClientGateInput) => {
  const { pass, fails_to, cause } = gate(name, of);
  return pass ? "pass" : `${fails_to} (${cause})`;
};

Deno.test("older trials, which were not watched so, are not judged", () => {
  const of = { margins: DEFAULT_MARGINS, ttft_ms_p50: 50 };
  assert.deepEqual(clientGates({ record: null, ...of }), []);
  assert.deepEqual(clientGates({ record: trialRecord(), ...of }), []);
});

Deno.test("the canary's TTFT error decides by its share of the trial's own TTFT", () => {
  const at = (ttft_client_error_ms_p50: number) =>
    outcome("canary", input({}, { seen: canary({ ttft_client_error_ms_p50 }) }));
  assert.equal(at(0.5), "pass");
  assert.equal(at(0.51), "SUSPECT (client)");
  assert.equal(at(1.66), "SUSPECT (client)");
  assert.equal(at(1.67), "INVALID (client)");
});

Deno.test("so does its TPOT error, by the trial's own TPOT", () => {
  const at = (tpot_error_ms_p50: number) =>
    outcome("canary", input({}, { seen: canary({ tpot_error_ms_p50 }) }));
  assert.deepEqual([0.05, 0.051, 0.166, 0.167].map(at), [
    "pass",
    "SUSPECT (client)",
    "SUSPECT (client)",
    "INVALID (client)",
  ]);
});

Deno.test("the margins are those of the study, and the limits say so", () => {
  const strict = { throughput_percent: 1, tpot_percent: 1, ttft_percent: 2 };
  const seen = canary({ ttft_client_error_ms_p50: 0.2, tpot_error_ms_p50: 0.005 });
  assert.equal(outcome("canary", input({}, { seen })), "pass");
  assert.equal(outcome("canary", input({ margins: strict }, { seen })), "SUSPECT (client)");
  assert.equal(canaryIsFine(input({ margins: strict }, { seen })), false);
  assert.equal(
    gate("canary", input({ margins: strict }, { seen })).limit,
    "TTFT 0.2 %, TPOT 0.1 %; INVALID above TTFT 0.7 %, TPOT 0.3 %",
  );
});

Deno.test("what the known-truth server was late itself is no error of the client", () => {
  const late = canary({ ttft_error_ms_p50: 40, server_late_ms_p50: 39.8 });
  assert.equal(outcome("canary", input({}, { seen: late })), "pass");
});

Deno.test("a canary of which nothing came through decides nothing and says why", () => {
  const lost = canary({ requests: 0, ttft_client_error_ms_p50: null, error: "refused" });
  const { pass, value } = gate("canary", input({}, { seen: lost }));
  assert.ok(pass);
  assert.equal(value, "no stream of known truth came through: refused");
  assert.equal(canaryIsFine(input({}, { seen: lost })), false);
});

const BREACHES: [Partial<ClientHealth>, string, "client" | "environment"][] = [
  [{ event_loop_lag_ms_p99: 2.1 }, "event-loop lag p99 2.1 ms", "client"],
  [{ event_loop_lag_ms_max: 21 }, "event-loop lag max 21.0 ms", "client"],
  [{ cpu_share: 0.7 }, "CPU 70.0 % of a core", "client"],
  [{ gc: { count: 1, total_ms: 30, max_ms: 30 } }, "longest GC pause 30.0 ms", "client"],
  [{ steal_share: 0.02 }, "time taken by the host 2.0 %", "environment"],
];
for (const [breach, said, cause] of BREACHES) {
  Deno.test(`a limit that was passed explains, and warns where no canary agrees: ${said}`, () => {
    const client = health(breach);
    const harmless = gate("client health", input({}, { client }));
    assert.deepEqual([harmless.pass, harmless.value], [true, said + HARMLESS]);
    for (const seen of [null, canary({ ttft_client_error_ms_p50: 0.6 })]) {
      const alone = gate("client health", input({}, { client, seen }));
      assert.deepEqual(
        [alone.pass, alone.fails_to, alone.cause, alone.value],
        [false, "SUSPECT", cause, said],
      );
    }
  });
}

Deno.test("a client within all limits is fit", () => {
  assert.deepEqual(
    [gate("client health", input()).pass, gate("client health", input()).value],
    [true, "within all limits"],
  );
});

Deno.test("near its ceiling a client is in doubt, above it out, unless the canary knows better", () => {
  const at = (events_per_s: number, seen: CanaryRecord | null) =>
    outcome("calibration", input({ events_per_s, calibration: calibration() }, { seen }));
  assert.deepEqual([700, 701, 1001].map((rate) => at(rate, null)), [
    "pass",
    "SUSPECT (client)",
    "INVALID (client)",
  ]);
  assert.deepEqual([700, 701, 1001].map((rate) => at(rate, canary())), [
    "pass",
    "pass",
    "SUSPECT (client)",
  ]);
});

Deno.test("the ceiling of one worker holds for each of several, and so does its CPU", () => {
  const workers = { count: 2, why: "as configured" };
  const given = input({ events_per_s: 1400, calibration: calibration() }, { seen: null });
  const seen = { ...given, record: { ...given.record!, workers } };
  assert.equal(gate("calibration", given).fails_to, "INVALID");
  assert.equal(gate("calibration", seen).pass, true);
  assert.match(String(gate("calibration", seen).value), /^700 events\/s for each of 2 workers, /);
  const each = (cpu_share: number) => ({ ...health(), requests: 5, gc: health().gc!, cpu_share });
  const busy = health({ cpu_share: 1.1, workers: [each(0.5), each(0.55)] });
  assert.equal(gate("client health", input({}, { client: busy })).pass, true);
  const one = health({ cpu_share: 1.1, workers: [each(0.5), each(0.61)] });
  assert.match(String(gate("client health", input({}, { client: one })).value), /^CPU 61\.0 %/);
});

Deno.test("where the walk found no limit, only what is beyond it is unproven", () => {
  for (const ended_by of ["nothing", "server"] as const) {
    const shown = calibration({ ended_by });
    const at = (events_per_s: number, seen: CanaryRecord | null) =>
      outcome("calibration", input({ events_per_s, calibration: shown }, { seen }));
    assert.deepEqual([at(999, null), at(1001, null)], ["pass", "SUSPECT (client)"]);
    assert.equal(at(1001, canary()), "pass");
  }
});

Deno.test("a client that was fit at no load tried is in doubt, unless the canary knows better", () => {
  const shown = calibration({ ceiling_events_per_s: null });
  const at = (seen: CanaryRecord | null) =>
    gate("calibration", input({ calibration: shown }, { seen }));
  assert.deepEqual([at(null).pass, at(null).fails_to], [false, "SUSPECT"]);
  assert.match(String(at(null).value), /not shown to be fit with up to 30 streams$/);
  assert.ok(at(canary()).pass);
});

Deno.test("Little's law may be 2 % off", () => {
  const at = (counted: number) =>
    outcome("Little's law", input({ little: { counted, expected: 10 } }));
  assert.deepEqual([10, 10.19, 9.81].map(at), ["pass", "pass", "pass"]);
  assert.deepEqual([10.21, 9.79].map(at), ["INVALID (client)", "INVALID (client)"]);
});

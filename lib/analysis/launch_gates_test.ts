import assert from "node:assert/strict";
import { DEFAULT_MARGINS } from "@/config/use_case_schema.ts";
import { launchRecord, request, trialRecord } from "@/records/testdata/sample_records.ts";
import { trialGates } from "./gates.ts";
import { planned } from "./testdata/sample_trials.ts";

/** The pinning gate of a trial whose server was seen on these cores; undefined where it was not pinned. */
function pinning(server_cores?: { asked: string; seen: string | null }) {
  const gates = trialGates({
    margins: DEFAULT_MARGINS,
    trial: planned(),
    record: trialRecord(),
    measured: [request()],
    warmup: [],
    in_flight_mean: 1,
    send_lag_ms_p99: 0,
    ttft_ms_p50: 98,
    server_running_mean: null,
    server_samples: 0,
    launch: launchRecord(server_cores === undefined ? {} : { server_cores }),
  });
  return gates.find(({ gate }) => gate === "pinning");
}

Deno.test("a server whose threads may leave the cores that it was given makes the trial SUSPECT", () => {
  assert.deepEqual(pinning({ asked: "2-5", seen: "2-6" }), {
    gate: "pinning",
    value: "threads may run on cores 2-6",
    limit: "cores 2-5",
    pass: false,
    cause: "environment",
    fails_to: "SUSPECT",
  });
  assert.equal(pinning({ asked: "2-5", seen: "3" })?.pass, true);
});

Deno.test("cores that are not told pass and are called that; without pinning there is no such gate", () => {
  const { pass, value } = pinning({ asked: "2-5", seen: null })!;
  assert.deepEqual([pass, value], [true, "not told"]);
  assert.equal(pinning(), undefined);
});

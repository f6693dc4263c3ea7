import assert from "node:assert/strict";
import type { ClientCheck } from "@/records/manifest.ts";
import { calibration, calibrationLevel } from "@/records/testdata/sample_calibration.ts";
import { clientSection, clientWarnings } from "./client_section.ts";
import { renderMarkdown } from "./markdown_report.ts";
import { reportContent } from "./report_content.ts";
import type { ReportInput } from "./report_input.ts";
import { sampleInput } from "./sample_input.ts";

const LEVEL = calibrationLevel(12, {
  ttft_error_ms: { p50: 0.1, p90: 0.2, p99: 0.4, max: 1 },
  tpot_error_share: { p50: 0.001, p90: 0.001, p99: 0.001, max: 0.001 },
});

function checked(changes: Partial<ClientCheck> = {}): ReportInput {
  const input = sampleInput();
  const manifest = input.manifests[0]!;
  const sound = calibration({
    machine: manifest.machine,
    levels: [LEVEL],
    ceiling_events_per_s: 600,
    ended_by: "nothing",
  });
  const client_check = { canary: "on core 1", calibration: sound, ...changes };
  return {
    ...input,
    manifests: [{ ...manifest, client_check }],
    summary: input.summary.map((row) => ({
      ...row,
      canary_requests: 5,
      canary_ttft_error_ms_p50: 0.25,
      canary_tpot_error_share_p50: 0.0005,
    })),
  };
}

Deno.test("a report says whether the client was fit, real and simulated apart", () => {
  const text = renderMarkdown(reportContent(checked()));
  assert.match(text, /## Was the client fit\?/);
  assert.match(text, /The server ran on core 1\./);
  assert.match(text, /within its limits up to 600 token events\/s in one process/);
  assert.match(text, /12 streams, step: \\\|TTFT error\\\| 0\.10 \/ 0\.40 ms/);
  assert.match(text, /known truth beside the load of simulated engines/);
  assert.deepEqual(clientWarnings(checked()), []);
});

Deno.test("a check that was left out or found nothing good is a warning", () => {
  const none = checked({ canary: "none: the config has `canary: false`", calibration: null });
  assert.deepEqual(clientWarnings(none), [
    "No stream of known truth ran beside the load: none: the config has `canary: false`.",
    "The client was not calibrated before the run.",
  ]);
  const { calibration: sound } = checked().manifests[0]!.client_check!;
  const unfit = checked({
    calibration: {
      ...sound!,
      levels: sound!.levels.map((level) => ({ ...level, limited_by: "client" as const })),
      ceiling_events_per_s: null,
      ended_by: "client",
    },
  });
  assert.match(clientWarnings(unfit)[0]!, /outside its limits at every load that was tried/);
  const silent = checked();
  silent.summary[0]!.canary_requests = 0;
  assert.match(clientWarnings(silent)[0]!, /^In 1 trial no stream of known truth came through/);
});

Deno.test("runs that are older than the check have neither section nor warning", () => {
  assert.deepEqual(clientSection(sampleInput()), []);
  assert.deepEqual(clientWarnings(sampleInput()), []);
});

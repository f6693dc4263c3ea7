import assert from "node:assert/strict";
import type { CalibrationLevel } from "@/records/calibration_record.ts";
import { calibrationLevel } from "@/records/testdata/sample_calibration.ts";
import { walkFigures } from "./client_errors.ts";

/** Errors that grow with the load. */
function level(
  mode: CalibrationLevel["mode"],
  streams: number,
  changes: Partial<CalibrationLevel> = {},
): CalibrationLevel {
  const p50 = streams / 100;
  const ttft_error_ms = { p50, p90: 2 * p50, p99: 5 * p50, max: 9 * p50 };
  return calibrationLevel(streams, { mode, ttft_error_ms, ...changes });
}

Deno.test("the figure says the errors at the least and the greatest load and has them as numbers", () => {
  const levels = [level("independent", 10), level("step", 10), level("step", 50)];
  const [figure, ...more] = walkFigures({ levels });
  assert.deepEqual(more, []);
  assert.equal(
    figure!.finding,
    "The median TTFT error was 0.10 ms (p99 0.50 ms) with 10 streams and 0.50 ms (p99 2.50 ms) with 50 streams.",
  );
  assert.equal(figure!.table.rows.length, 3);
  assert.deepEqual(
    [
      figure!.table.rows[2]!.streams,
      figure!.table.rows[2]!.ttft_p99,
      figure!.table.rows[2]!.limited,
    ],
    [50, 2.5, "nothing"],
  );
  assert.match(figure!.svg, /all streams in one burst/);
  assert.doesNotMatch(figure!.svg, /NaN|undefined/);
});

Deno.test("errors of zero can be drawn, and without levels there is no figure", () => {
  const zero = { p50: 0, p90: 0, p99: 0, max: 0 };
  const [figure] = walkFigures({ levels: [level("step", 1, { tpot_error_share: zero })] });
  assert.doesNotMatch(figure!.svg, /NaN|Infinity/);
  assert.deepEqual(walkFigures({ levels: [] }), []);
});

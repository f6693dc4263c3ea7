import assert from "node:assert/strict";
import { join } from "node:path";
import type { Calibration } from "@/records/calibration_record.ts";
import { calibration } from "@/records/testdata/sample_calibration.ts";
import { ceilingText, serverText } from "./calibration_page.ts";
import { writeCalibration } from "./write_calibration.ts";

Deno.test("a calibration is kept as a record, a page and a figure", () => {
  const dir = Deno.makeTempDirSync();
  try {
    const at = { data: join(dir, "data"), report: join(dir, "report") };
    const { record, page } = writeCalibration(calibration(), at);
    assert.deepEqual(JSON.parse(Deno.readTextFileSync(record)), calibration());
    const text = Deno.readTextFileSync(page);
    assert.match(
      text,
      /up to 500 token events\/s in one process \(10 streams × 50 tokens\/s\)\. Beyond that it was outside/,
    );
    assert.match(text, /\n\nThe server is the project's own in C\.\n\n/);
    assert.match(text, /## Outside the limits\n\n- 20 streams, step: /);
    const [, figure] = text.match(/\]\((figures\/[\w-]+\.svg)\)/)!;
    assert.match(Deno.readTextFileSync(join(at.report, figure!)), /^<svg/);
    const png = Deno.readFileSync(join(at.report, figure!.replace("svg", "png")));
    assert.deepEqual([...png.subarray(1, 4)], [..."PNG"].map((c) => c.charCodeAt(0)));
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("of a server in Deno the page says why, and what cannot be claimed", () => {
  const why = "there is no C compiler";
  const [said] = serverText(calibration({ server: { language: "deno", why } }));
  assert.match(said!, /own in Deno \(there is no C compiler\).*how much more cannot be claimed/);
  const { server: _, ...older } = calibration();
  assert.deepEqual(serverText(older), []);
});

Deno.test("what ended the walk is told, and nothing is claimed beyond it", () => {
  const said = (changes: Partial<Calibration>) => ceilingText(calibration(changes));
  assert.match(said({ ended_by: "server" }), /server was late itself, so nothing is known/);
  assert.match(said({ ended_by: "nothing" }), /No limit was found: nothing more was tried/);
  const none = { ceiling_events_per_s: null };
  assert.match(
    said(none),
    /up to 500 token events\/s where all .* No load was within them in both/,
  );
  const levels = calibration().levels.slice(1);
  assert.match(said({ ...none, levels }), /outside its limits at every load .* 20/);
  assert.match(said({ ...none, levels, ended_by: "server" }), /^Nothing is known of the client/);
});

import assert from "node:assert/strict";
import { readTelemetry, telemetryWriter } from "./telemetry.ts";
import { gpuSample, serverSample } from "./testdata/sample_telemetry.ts";

function inFolder(body: (dir: string) => void) {
  const dir = Deno.makeTempDirSync();
  try {
    body(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("samples come back as they were, by source", () => {
  inFolder((dir) => {
    const server = [serverSample({ unix_ms: 1 }), serverSample({ unix_ms: 2, running: null })];
    const gpu = [gpuSample({ clock_reasons: ["sw_power_cap"] })];
    server.forEach(telemetryWriter(dir, "b1-a", "server"));
    gpu.forEach(telemetryWriter(dir, "b1-a-server", "gpu"));
    const problems: string[] = [];
    assert.deepEqual(readTelemetry(dir, problems), { server, gpu });
    assert.deepEqual(problems, []);
    const names = [...Deno.readDirSync(`${dir}/telemetry`)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["b1-a-server-gpu.ndjson", "b1-a-server.ndjson"]);
  });
});

Deno.test("a run without telemetry has none, and a writer without samples makes no file", () => {
  inFolder((dir) => {
    telemetryWriter(dir, "b1-a", "gpu");
    assert.deepEqual(readTelemetry(dir, []), { server: [], gpu: [] });
    assert.deepEqual([...Deno.readDirSync(dir)], []);
  });
});

Deno.test("damaged lines are told and set aside", () => {
  inFolder((dir) => {
    telemetryWriter(dir, "b1-a", "server")(serverSample());
    const file = `${dir}/telemetry/b1-a-server.ndjson`;
    Deno.writeTextFileSync(file, '{"unix_ms": 1}\nnull\n{"launch_id": "b1', { append: true });
    const problems: string[] = [];
    assert.equal(readTelemetry(dir, problems).server.length, 1);
    assert.deepEqual(problems, ["telemetry/b1-a-server.ndjson: 3 damaged lines are set aside"]);
  });
});

/** A whole run with cores of their own for server and client. */
import assert from "node:assert/strict";
import { findProgram } from "@/engines/programs.ts";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { journal, simulated, study, summaryOf } from "@/test_servers/small_study.ts";

const ignore = navigator.hardwareConcurrency < 2 || await findProgram("taskset") === null;

Deno.test({
  name: "server and client run on the cores that they are given, which is looked at and recorded",
  ignore,
  async fn() {
    using folder = new TempFolder();
    const args = study(folder, { s: simulated(folder) });
    const path = folder.file("study.yaml");
    const config = JSON.parse(Deno.readTextFileSync(path));
    const hardware = { server_cores: "0", client_cores: "1" };
    Deno.writeTextFileSync(path, JSON.stringify({ ...config, hardware }));
    const { code, stderr } = await run(args);
    assert.equal(code, 0, stderr);
    const { manifest } = readWholeRun(folder.file("run"));
    assert.deepEqual(manifest.pinning, { ...hardware, note: null });
    const ready = journal(folder, "launch").find(({ outcome }) => outcome === "ready");
    assert.deepEqual(ready?.server_cores, { asked: "0", seen: "0" });
    const { rows } = await summaryOf(folder);
    assert.ok(!JSON.stringify(rows).includes("pinning: "), "no gate has failed for it");
  },
});

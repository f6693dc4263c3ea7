import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import type { Check } from "./check.ts";
import { gpuChecks } from "./gpu_checks.ts";
import { readGpuFacts } from "./gpu_facts.ts";
import { FIELDS_OF_580, type Smi, smi } from "./testdata/smi_answers.ts";

const H100 =
  "0, NVIDIA H100 80GB HBM3, 580.95.05, 81559, 9.0, Enabled, Disabled, 00000000:19:00.0, 1980, 700.00, 700.00";
const H100_NOW = "0, 0, 345, 2619, 71.15, 27, 0, 0x0000000000000001";
const H200 =
  "0, NVIDIA H200, 580.95.05, 143771, 9.0, Enabled, Disabled, 00000000:19:00.0, 1980, 700.00, 700.00";

async function examined(answers: Smi, study: object = {}): Promise<Check[]> {
  const config = configSchema.parse({ engines: { v: { kind: "vllm" } }, ...study });
  return gpuChecks(await readGpuFacts(smi(answers)), config);
}

const worse = (checks: Check[]) =>
  checks.filter(({ level }) => level !== "ok").map(({ level, topic }) => `${level} ${topic}`);
const said = (checks: Check[], topic: string) => {
  const check = checks.find((each) => each.topic === topic);
  assert.ok(check, `no line for ${topic} in ${checks.map(({ topic }) => topic)}`);
  return `${check.found} | ${check.to_do}`;
};

Deno.test("an idle H100 with a driver that is new enough has nothing in the way", async () => {
  const checks = await examined({ cards: [H100], now: [H100_NOW] });
  assert.deepEqual(worse(checks), []);
  assert.match(said(checks, "GPU 0"), /NVIDIA H100 80GB HBM3, 81559 MiB, compute capability 9\.0/);
  assert.match(said(checks, "GPU memory"), /free: 81559 of 81559 MiB of GPU 0/);
  assert.match(said(checks, "driver for v"), /vllm 0\.33\.0 is built for CUDA 13, which wants 580/);
  assert.match(said(checks, "GPU 0 clocks"), /345 MHz now, at most 1980 MHz; 27 °C/);
});

Deno.test("an H200 where the config names an H100 is pointed out", async () => {
  const hardware = { gpu: "NVIDIA H100 80GB HBM3" };
  const checks = await examined({ cards: [H200], now: [H100_NOW] }, { hardware });
  assert.deepEqual(worse(checks), ["warning GPU name"]);
  assert.match(
    said(checks, "GPU name"),
    /config is for NVIDIA H100 80GB HBM3, this is NVIDIA H200/,
  );
});

Deno.test("of two cards the study uses as many as its entries ask for", async () => {
  const two = {
    cards: [H100, H100.replace("0,", "1,").replace(":19:", ":3B:")],
    now: [H100_NOW, H100_NOW.replace("0,", "1,")],
  };
  const one = await examined(two);
  assert.match(said(one, "GPU count"), /2 here, the study uses the first 1/);
  assert.equal(one.filter(({ topic }) => topic === "GPU 1 MIG").length, 0);
  const engines = (size: string) => ({ v: { kind: "vllm", extra_args: ["-tp", size] } });
  const both = await examined(two, { engines: engines("2") });
  assert.match(said(both, "GPU 1 MIG"), /off/);
  assert.deepEqual(worse(await examined(two, { engines: engines("4") })), ["blocker GPU count"]);
});

Deno.test("a card that is split, slowed, capped or not kept awake is named with what to do", async () => {
  const odd = H100.replace("Enabled, Disabled", "Disabled, Enabled").replace(
    "700.00, 700",
    "500.00, 700",
  );
  const now = H100_NOW.replace("0x0000000000000001", "0x0000000000000048");
  const checks = await examined({ cards: [odd], now: [now] });
  assert.deepEqual(worse(checks), [
    "blocker GPU 0 MIG",
    "warning GPU 0 persistence",
    "warning GPU 0 clocks",
    "warning GPU 0 power",
  ]);
  assert.match(said(checks, "GPU 0 MIG"), /slice's numbers .* \| .*nvidia-smi -mig 0/);
  assert.match(said(checks, "GPU 0 clocks"), /held back by hw_slowdown, hw_thermal_slowdown/);
  assert.match(
    said(checks, "GPU 0 power"),
    /limit 500 W, below .* 700 W \| sudo nvidia-smi -i 0 -pl 700/,
  );
});

Deno.test("a driver that is too old for the pinned version blocks, one for another version warns", async () => {
  const old = { cards: [H100.replace("580.95.05", "535.183.01")], now: [H100_NOW] };
  const checks = await examined(old);
  assert.deepEqual(worse(checks), ["blocker driver for v"]);
  assert.match(
    said(checks, "driver for v"),
    /^535\.183\.01; .* wants 580 or newer \| install driver 580/,
  );
  const engines = { v: { kind: "vllm", version: "0.9.0" } };
  assert.deepEqual(worse(await examined(old, { engines })), ["warning driver for v"]);
});

Deno.test("other tenants block unless they are allowed", async () => {
  const shared = {
    cards: [H100],
    now: [H100_NOW.replace("0, 0,", "0, 40211,")],
    apps: ["4711, 40200, python3"],
  };
  const checks = await examined(shared);
  assert.deepEqual(worse(checks), ["blocker GPU memory"]);
  assert.match(
    said(checks, "GPU memory"),
    /in use by pid 4711 \(python3, 40200 MiB\) \| end it, or/,
  );
  const hardware = { allow_other_tenants: true };
  assert.deepEqual(worse(await examined(shared, { hardware })), ["warning GPU memory"]);
});

Deno.test("no program, no driver and no card are three things with three remedies", async () => {
  assert.match(said(await examined({ program: false }), "GPU"), /not on the PATH \| .*--gpus all/);
  const failed = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
  assert.match(
    said(await examined({ failed }), "GPU"),
    /couldn't communicate .* \| .*modprobe nvidia/,
  );
  assert.match(said(await examined({ cards: [] }), "GPU"), /lists no card/);
  const engines = { s: { kind: "simulated", wire: "vllm" } };
  assert.deepEqual(worse(await examined({ program: false }, { engines })), []);
});

Deno.test("an older driver is asked only for what it lists, and the rest is said to be untold", async () => {
  const fields = FIELDS_OF_580.filter((field) =>
    !["compute_cap", "mig.mode.current", "clocks_event_reasons.active"].includes(field)
  );
  const cards = [
    "0, Tesla V100-SXM2-16GB, 450.80.02, 16160, Enabled, 00000000:00:1E.0, 1530, 300.00, 300.00",
  ];
  const checks = await examined({ fields, cards, now: ["0, 0, 135, 877, 41.10, 30, 0"] });
  assert.deepEqual(worse(checks), ["blocker driver for v"]);
  assert.match(said(checks, "GPU 0"), /^Tesla V100-SXM2-16GB, 16160 MiB \|/);
  assert.match(said(checks, "GPU 0 MIG"), /this card has none/);
});

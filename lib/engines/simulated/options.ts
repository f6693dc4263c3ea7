/** The command line of the simulated engine. */
import { parseArgs } from "node:util";
import type { BatchLimits, StepCosts } from "./scheduler.ts";
import { type FaultPlan, NO_FAULT, parseFault } from "./faults.ts";
import type { Wire, WireName } from "./wire.ts";
import { wireSglang } from "./wire_sglang.ts";
import { wireTensorrtLlm } from "./wire_tensorrt_llm.ts";
import { wireVllm } from "./wire_vllm.ts";

export interface Options {
  /** 0 is any free port. */
  port: number;
  wire: Wire;
  model: string;
  limits: BatchLimits;
  costs: StepCosts;
  seed: number;
  truth: string | undefined;
  fault: FaultPlan;
}

const WIRES: Record<WireName, Wire> = {
  "vllm": wireVllm,
  "sglang": wireSglang,
  "tensorrt-llm": wireTensorrtLlm,
};

const DEFAULTS = {
  "port": "0",
  "wire": "vllm",
  "model": "simulated",
  "max-sequences": "8",
  "prefill-ms-per-token": "0.2",
  "decode-ms-base": "5",
  "decode-ms-per-sequence": "0.5",
  "kv-capacity-tokens": "65536",
  "seed": "1",
};

type Flags = Record<keyof typeof DEFAULTS, string>;

/** Throws an Error that names the flag when one is unknown or has no usable value. */
export function readOptions(args: string[]): Options {
  const named = [...Object.keys(DEFAULTS), "truth", "fault"];
  const options = Object.fromEntries(named.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args, options, strict: true, allowPositionals: false });
  const flags = { ...DEFAULTS, ...values } as Flags & { truth?: string; fault?: string };
  return {
    port: wholeNumber(flags, "port", 0),
    wire: wireOf(flags.wire),
    model: flags.model,
    limits: {
      maxSequences: wholeNumber(flags, "max-sequences", 1),
      kvCapacityTokens: wholeNumber(flags, "kv-capacity-tokens", 1),
    },
    costs: {
      prefillMsPerToken: milliseconds(flags, "prefill-ms-per-token"),
      decodeMsBase: milliseconds(flags, "decode-ms-base"),
      decodeMsPerSequence: milliseconds(flags, "decode-ms-per-sequence"),
    },
    seed: wholeNumber(flags, "seed", 0),
    truth: flags.truth,
    fault: flags.fault === undefined ? NO_FAULT : parseFault(flags.fault),
  };
}

function wireOf(name: string): Wire {
  const wire = WIRES[name as WireName];
  if (wire) return wire;
  throw new Error(`--wire ${name}: expected one of ${Object.keys(WIRES).join(", ")}`);
}

function wholeNumber(flags: Flags, name: keyof Flags, least: number): number {
  const value = Number(flags[name]);
  if (flags[name] !== "" && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} ${flags[name]}: expected a whole number from ${least}`);
}

function milliseconds(flags: Flags, name: keyof Flags): number {
  const value = Number(flags[name]);
  if (flags[name] !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${name} ${flags[name]}: expected a number of milliseconds from 0`);
}

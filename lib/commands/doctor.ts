/** `doctor`: what is here for a study, what is missing, and what to do about it. */
import { type Gpu, gpuNamed } from "@/config/fit/gpus.ts";
import { weightBytes } from "@/config/fit/weights.ts";
import { readTraces } from "@/config/arrivals/arrival_lists.ts";
import { plannedTrials, planTrials } from "@/config/plan.ts";
import { readConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { tuningOf, withEveryCandidate } from "@/config/tuning.ts";
import { type EntryFit, entryFits, type UnknownFit } from "@/engines/support/entry_fit.ts";
import { type Calibration, readCalibration } from "@/records/calibration_record.ts";
import { describeMachine } from "@/run/machine.ts";
import { type Check, nextCommand, renderChecks } from "./doctor/check.ts";
import { clientCheck } from "./doctor/client_check.ts";
import { engineChecks, fitChecks } from "./doctor/engine_checks.ts";
import { gpuChecks } from "./doctor/gpu_checks.ts";
import { type GpuFacts, readGpuFacts } from "./doctor/gpu_facts.ts";
import { type Download, hostChecks } from "./doctor/host_checks.ts";
import { hubChecks } from "./doctor/hub_checks.ts";
import { type Probe, thisMachine } from "./doctor/machine_probe.ts";

export interface DoctorOptions {
  config: string;
  json?: boolean;
}

/** Gives the exit code: 1 where something is in the way. Throws `ConfigError` for a config that is none. */
export async function doctor({ config: path, json }: DoctorOptions): Promise<number> {
  const { config, notes } = readConfig(path);
  for (const note of notes) console.error(note);
  const checks = await examine(config, thisMachine);
  if (json) console.log(JSON.stringify(checks, null, 2));
  else console.log(`${renderChecks(checks, terminalColumns())}\n${nextCommand(checks, path)}`);
  return checks.some(({ level }) => level === "blocker") ? 1 : 0;
}

/** Undefined where the output goes elsewhere. */
function terminalColumns(): number | undefined {
  return Deno.stdout.isTerminal() ? Deno.consoleSize().columns || undefined : undefined;
}

/** All checks of a study, in the order in which one would put things right. */
export async function examine(
  config: Config,
  probe: Probe,
  stored: Calibration | string | null = storedCalibration(),
): Promise<Check[]> {
  const facts = await readGpuFacts(probe);
  const gpu = cardOf(facts) ?? gpuNamed(config.hardware.gpu ?? "");
  const { checks: hub, download_bytes } = await hubChecks(config);
  const tuning = tuningOf(config);
  const fits = entryFits(tuning === null ? config : withEveryCandidate(config, tuning), gpu);
  const bus_id = "cards" in facts ? facts.cards[0]?.bus_id ?? null : null;
  return [
    ...gpuChecks(facts, config),
    ...await engineChecks(config),
    ...fitChecks(fits, config),
    ...hub,
    ...await hostChecks(probe, { config, bus_id, download: downloadOf(download_bytes, fits) }),
    clientCheck({
      config,
      trials: plannedTrials(planTrials(config, readTraces(config))),
      stored,
      machine: await describeMachine(),
    }),
  ];
}

/** What `calibrate` left; in text why it cannot be read. */
function storedCalibration(): Calibration | string | null {
  try {
    return readCalibration();
  } catch (error) {
    return (error as Error).message;
  }
}

/** As the hub says, else the whole checkpoint by its shape. */
function downloadOf(bytes: number | null, fits: (EntryFit | UnknownFit)[]): Download | null {
  if (bytes !== null) return { bytes, told: true };
  const question = fits.flatMap((fit) => "question" in fit ? [fit.question] : [])[0];
  if (question === undefined) return null;
  const { shape, quantization } = question;
  return { bytes: weightBytes(shape, quantization, { ...question, vision: true }), told: false };
}

function cardOf(facts: GpuFacts): Gpu | null {
  const card = "cards" in facts ? facts.cards[0] : undefined;
  const sm = Number(card?.compute_capability) * 10;
  if (card === undefined || card.memory_mib === 0 || Number.isNaN(sm)) return null;
  const { name, memory_mib } = card;
  return {
    name,
    memory_mib,
    sm: Math.round(sm),
    bandwidth_tb_s: gpuNamed(name)?.bandwidth_tb_s ?? null,
  };
}

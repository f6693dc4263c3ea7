/** From a config to a finished run folder; shared by `bench` and `demo`. */
import { basename } from "node:path";
import { type Plan, plannedTrials } from "@/config/plan.ts";
import { readAccuracySet } from "@/config/accuracy_items.ts";
import type { Config, EngineEntry } from "@/config/schema.ts";
import { usesGpu } from "@/engines/engine.ts";
import { environmentTraps } from "@/engines/environment_traps.ts";
import { engineOf } from "@/engines/kinds.ts";
import { departures } from "@/engines/parity/translate.ts";
import { steadyWindow } from "@/analysis/steady_window.ts";
import { configWithoutSecrets, maskedArgv } from "@/engines/secrets.ts";
import { transportFor } from "@/load/transport.ts";
import type { ClientCheck, Machine, Manifest } from "@/records/manifest.ts";
import { createRunFolder } from "@/records/run_folder.ts";
import { Canary } from "@/run/canary.ts";
import { guardGpu } from "@/run/gpu_guard.ts";
import { startKnownTruth } from "@/run/known_truth.ts";
import { describeMachine, gitState } from "@/run/machine.ts";
import { pinClient } from "@/run/pinning.ts";
import { portablePaths } from "@/run/portable_paths.ts";
import { Progress } from "@/run/progress.ts";
import { type RunContext, runPlan, type RunResult } from "@/run/run_plan.ts";
import { shortCalibration } from "./check_client.ts";
import { judgeRun } from "./judge_run.ts";
import { type ClientRoom, clientRoom, plannedWorkers } from "@/run/worker_choice.ts";
import type { Study } from "./study.ts";

/** Runs the study as planned. Ctrl-C or the run's time-out stop the engines and keep the data. */
export async function runStudy(study: Study, plan: Plan): Promise<RunResult> {
  const trials = plannedTrials(plan).length;
  return await inRunFolder(study, plan, trials, (context) => runPlan(plan, context));
}

/** Makes the run folder and all else that a run needs, for as long as `run` runs; null trials: not known yet. */
export async function inRunFolder(
  study: Study,
  plan: Plan,
  trials: number | null,
  run: (context: RunContext) => Promise<RunResult>,
): Promise<RunResult> {
  const { config, prompts: { prompts } } = study;
  const pinning = await pinClient(config);
  const traps = Object.entries(config.engines).flatMap(([name, entry]) =>
    environmentTraps(name, entry)
  );
  const configNotes = [...study.configNotes, ...traps];
  const progress = new Progress(trials);
  if (pinning.note) progress.say(pinning.note);
  for (const trap of traps) progress.say(`warning: ${trap}`);
  using interrupt = interruptible(config.benchmark.run_timeout_s, progress);
  const { signal } = interrupt;
  const machine = await describeMachine();
  const calibration = study.calibrate
    ? await shortCalibration(config, plannedTrials(plan), { machine, pinning, signal, progress })
    : null;
  const room = clientRoom(pinning, calibration);
  await using truth = await startKnownTruth(config, pinning);
  const manifest = await describeRun({ ...study, configNotes }, plan, {
    machine,
    pinning,
    client_check: { canary: truth.canary, calibration },
    room,
  });
  using folder = createRunFolder(study.output, manifest);
  const { server_cores } = pinning;
  const { decided, lost } = judgeRun(study.output);
  const judge = { decided, lost: () => config.benchmark.repeat_spoilt ? lost() : [] };
  const onGpu = Object.values(config.engines).some(usesGpu);
  const gpu = onGpu ? await guardGpu(config.hardware.gpu_empty) : null;
  const canary = truth.server && new Canary(truth.server);
  const accuracy = config.accuracy ? readAccuracySet() : null;
  const context = {
    config,
    prompts,
    folder,
    progress,
    signal,
    canary,
    accuracy,
    room,
    steadyWindow,
  };
  return await run({ ...context, server_cores, gpu, judge });
}

/** The transports of each entry. What is launched here speaks plain HTTP. */
function transportOf({ engines }: Config): NonNullable<Manifest["transport"]> {
  const of = (entry: EngineEntry) => {
    const roots = entry.kind === "external" ? [entry.base_url].flat() : ["http://127.0.0.1"];
    return [...new Set(roots.map(transportFor))];
  };
  return Object.fromEntries(Object.entries(engines).map(([name, entry]) => [name, of(entry)]));
}

async function describeRun(
  study: Study,
  plan: Plan,
  found: {
    machine: Machine;
    pinning: Manifest["pinning"];
    client_check: ClientCheck;
    room: ClientRoom;
  },
): Promise<Manifest> {
  const { config, prompts: { name, sha256, prompts } } = study;
  const { machine, pinning, client_check, room } = found;
  const described = await Promise.all(
    Object.entries(config.engines).map(async ([name, entry]) =>
      [name, await engineOf(entry.kind).describe(entry, config)] as const
    ),
  );
  return {
    form: 1,
    run_id: basename(study.output),
    created_at: new Date().toISOString(),
    config_name: basename(study.configPath),
    config: configWithoutSecrets(config),
    config_notes: study.configNotes,
    plan,
    not_run: study.notRun,
    prompts: { name, sha256, count: prompts.length },
    argv: maskedArgv(study.argv).map(portablePaths),
    git: await gitState(),
    machine,
    versions: {
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      ...Object.fromEntries(described.map(([name, { version }]) => [name, version])),
    },
    models: Object.fromEntries(described.map(([name, { model }]) => [name, portablePaths(model)])),
    departures: departuresOf(config),
    telemetry: {
      interval_s: config.benchmark.telemetry_interval_s,
      gpu: gpuText(config, machine.gpu),
    },
    transport: transportOf(config),
    client_check,
    ...(plan.launches.length === 0 ? {} : {
      workers: plannedWorkers(plannedTrials(plan), config, room),
    }),
    pinning,
    ...(study.tuning === undefined ? {} : { tuning: study.tuning }),
  };
}

/** By entry, in words. */
export function departuresOf(config: Config): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(config.engines).map(([name, entry]) => [
      name,
      departures(engineOf(entry.kind).settings?.(entry), config, entry)
        .map(({ what, why }) => portablePaths(`${what} (${why})`)),
    ]),
  );
}

function gpuText({ engines }: Config, gpu: string | null): string {
  if (gpu === null) return "not watched: no NVIDIA GPU";
  return Object.values(engines).some(usesGpu)
    ? `watched through nvidia-smi: ${gpu}`
    : "not watched: no entry uses it";
}

/** A signal that aborts at Ctrl-C, SIGTERM or after `timeout_s`. A second Ctrl-C is not needed and not heard. */
function interruptible(
  timeout_s: number,
  progress: Progress,
): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (reason: string) => {
    if (controller.signal.aborted) return;
    progress.say(`${reason}: stopping the server and keeping what was measured`);
    controller.abort(new Error(reason));
  };
  const onSignal = () => stop("interrupted");
  const timer = setTimeout(
    () => stop(`the run's time-out of ${timeout_s} s is over`),
    Math.min(timeout_s * 1000, 2 ** 31 - 1),
  );
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const name of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(name, onSignal);
    },
  };
}

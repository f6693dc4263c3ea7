/** Finds out before anything starts whether every entry can run here. */
import { basename } from "node:path";
import type { Config } from "@/config/schema.ts";
import type { Source } from "@/config/yaml_source.ts";
import { pathText } from "@/config/zod_problems.ts";
import { usesGpu } from "@/engines/engine.ts";
import { checkFlags, type FlagProblem } from "@/engines/flags/check_flags.ts";
import { nvidiaGpu } from "@/engines/gpu_server.ts";
import { engineOf } from "@/engines/kinds.ts";
import { type EntryFit, entryFits, type UnknownFit } from "@/engines/support/entry_fit.ts";
import { freePort } from "@/engines/port.ts";
import { descriptorLimit, descriptorProblem } from "@/run/file_descriptors.ts";
import { otherTenants, readGpuState } from "@/run/gpu_guard.ts";
import { fitRefusals } from "./dry_run_fit.ts";
import { nextCommands } from "./next_studies.ts";
import { presentGpu } from "./study_gpu.ts";
import { UsageError } from "./usage_error.ts";

/** The config's file, and where in it things stand. */
export interface ConfigFile extends Pick<Source, "locate"> {
  path: string;
}

/** Throws `UsageError` that names each entry that cannot run, why, and what to do instead. */
export async function preflight(config: Config, file: ConfigFile): Promise<void> {
  const problems: string[] = [];
  const missing: string[] = [];
  const flagProblems: string[] = [];
  for (const [name, entry] of Object.entries(config.engines)) {
    const engine = engineOf(entry.kind);
    const { available, why, what_to_do } = await engine.availability(entry);
    flagProblems.push(...await flagLines(name, config, file, available));
    if (!available) {
      missing.push(`  ${name} (${entry.kind}): ${why}\n    to do: ${what_to_do}`);
      continue;
    }
    try {
      engine.headers(entry);
      engine.ca?.(entry);
      const port = entry.kind === "external" ? 0 : freePort(entry.port);
      engine.command(entry, config, port);
    } catch (error) {
      problems.push(`  ${name} (${entry.kind}): ${(error as Error).message}`);
    }
  }
  const caps = (config.benchmark.loads ?? []).map(({ max_in_flight }) => max_in_flight ?? 0);
  const connections = Math.max(0, ...config.benchmark.concurrency_levels, ...caps);
  const tooMany = descriptorProblem(connections, await descriptorLimit());
  if (tooMany !== null) problems.push(`  ${tooMany}`);
  problems.push(...await tenantProblems(config));
  problems.push(...fitRefusals(entryFits(config, await presentGpu(config))));
  if (problems.length + missing.length === 0) return refuse(flagProblems, file);
  const all = [...missing, ...problems, ...flagProblems];
  throw new UsageError(
    `${basename(file.path)} cannot run on this machine; nothing was started.\n${
      all.join("\n")
    }\n\n` +
      await wayOut(config, file, problems.length + flagProblems.length === 0),
  );
}

/** The next command: what installs the entries where nothing else is wrong, else other studies. */
async function wayOut(config: Config, { path }: ConfigFile, installable: boolean): Promise<string> {
  const onGpu = Object.values(config.engines).some(usesGpu);
  if (onGpu && await nvidiaGpu() === null) {
    return [
      `next: on a GPU machine, deno task setup --config ${path} && deno task bench --config ${path}`,
      "What runs here without a GPU:",
      "  deno task demo                                      a small study, real and simulated engines, 3 minutes",
      "  deno task setup && deno task bench --config configs/laptop.yaml   llama.cpp on this CPU, longer",
    ].join("\n");
  }
  return installable
    ? `next: deno task setup --config ${path}, then deno task doctor --config ${path}`
    : [...nextCommands(config), `next: deno task doctor --config ${path}`].join("\n");
}

/** Whoever else is on the GPU would be measured too. */
async function tenantProblems({ engines, hardware }: Config): Promise<string[]> {
  if (hardware.allow_other_tenants || !Object.values(engines).some(usesGpu)) return [];
  const state = await readGpuState();
  const tenants = state === null ? null : otherTenants(state, hardware.gpu_empty);
  return tenants === null ? [] : [`  ${tenants}`];
}

/** The part of it that is about flags, without starting any program. */
export async function refuseWrongFlags(config: Config, file: ConfigFile): Promise<void> {
  const lines: string[] = [];
  for (const name of Object.keys(config.engines)) {
    lines.push(...await flagLines(name, config, file, false));
  }
  refuse(lines, file);
}

/** What is wrong with an entry's flags, a line each; what only may be wrong is said at once. */
async function flagLines(
  name: string,
  config: Config,
  { locate }: ConfigFile,
  ask: boolean,
): Promise<string[]> {
  const line = ({ path, message }: FlagProblem) => `${locate(path)} ${pathText(path)}: ${message}`;
  const { problems, notes } = await checkFlags(name, config, { ask, say: console.error });
  for (const note of notes) console.error(line(note));
  return problems.map((problem) => `  ${line(problem)}`);
}

/** The part of it that is about models that do not fit or are not served. */
export function refuseUnfit(fits: (EntryFit | UnknownFit)[], file: ConfigFile): void {
  const lines = fitRefusals(fits);
  if (lines.length === 0) return;
  throw new UsageError(
    `${basename(file.path)} cannot run; nothing was started.\n${lines.join("\n")}`,
  );
}

function refuse(flagProblems: string[], file: ConfigFile): void {
  if (flagProblems.length === 0) return;
  const what = "has flags that its engines do not take; nothing was started.";
  throw new UsageError(`${basename(file.path)} ${what}\n${flagProblems.join("\n")}`);
}

/** Finds out before anything starts whether every entry can run here. */
import { basename } from "node:path";
import type { Config } from "@/config/schema.ts";
import { usesGpu } from "@/engines/engine.ts";
import { engineOf } from "@/engines/kinds.ts";
import { freePort } from "@/engines/port.ts";
import { descriptorLimit, descriptorProblem } from "@/run/file_descriptors.ts";
import { otherTenants, readGpuState } from "@/run/gpu_guard.ts";
import { UsageError } from "./usage_error.ts";

/** Throws `UsageError` that names each entry that cannot run, why, and what to do instead. */
export async function preflight(config: Config, configPath: string): Promise<void> {
  const problems: string[] = [];
  for (const [name, entry] of Object.entries(config.engines)) {
    const engine = engineOf(entry.kind);
    const { available, why, what_to_do } = await engine.availability(entry);
    if (!available) {
      problems.push(`  ${name} (${entry.kind}): ${why}\n    to do: ${what_to_do}`);
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
  const connections = Math.max(...config.benchmark.concurrency_levels);
  const tooMany = descriptorProblem(connections, await descriptorLimit());
  if (tooMany !== null) problems.push(`  ${tooMany}`);
  problems.push(...await tenantProblems(config));
  if (problems.length === 0) return;
  const file = basename(configPath);
  throw new UsageError(
    `${file} cannot run on this machine; nothing was started.\n${problems.join("\n")}\n\n` +
      "What runs here without a GPU:\n" +
      "  deno task demo                                      a small study, real and simulated engines, 3 minutes\n" +
      "  deno task setup && deno task bench --config configs/laptop.yaml   llama.cpp on this CPU, longer",
  );
}

/** Whoever else is on the GPU would be measured too. */
async function tenantProblems({ engines, hardware }: Config): Promise<string[]> {
  if (hardware.allow_other_tenants || !Object.values(engines).some(usesGpu)) return [];
  const state = await readGpuState();
  const tenants = state === null ? null : otherTenants(state);
  return tenants === null ? [] : [`  ${tenants}`];
}

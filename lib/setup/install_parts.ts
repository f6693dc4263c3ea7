/** Installs parts one after the other; one that fails does not keep the others back. */
import { install, type InstallOptions } from "./install.ts";
import type { Part } from "./parts.ts";

export interface Installed {
  /** Names of the parts of which everything is there now. */
  ready: string[];
  failures: { name: string; error: Error; optional: boolean }[];
}

export async function installParts(parts: Part[], options: InstallOptions): Promise<Installed> {
  const installed: Installed = { ready: [], failures: [] };
  for (const { name, steps: stepsOf, optional = false } of parts) {
    try {
      if (parts.length > 1) options.say(`${name}:`);
      const steps = await stepsOf();
      await install(steps, options);
      const there = await Promise.all(steps.map((step) => step.isDone()));
      if (there.every(Boolean)) installed.ready.push(name);
    } catch (error) {
      installed.failures.push({ name, error: error as Error, optional });
    }
  }
  return installed;
}

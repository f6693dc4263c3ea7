/** Installs parts one after the other; one that fails does not keep the others back. */
import {
  freeDiskMb,
  install,
  type InstallOptions,
  refuseWithoutRoom,
  type Step,
} from "./install.ts";
import type { Part } from "./parts.ts";
import { megabytes } from "./sizes.ts";

export interface Installed {
  /** Names of the parts of which everything is there now. */
  ready: string[];
  failures: { name: string; error: Error; optional: boolean }[];
}

/**
 * All that must be there is held against the disk before the first part begins, so that none of it is
 * fetched in vain. Throws `SetupError` where it has no room.
 */
export async function installParts(parts: Part[], options: InstallOptions): Promise<Installed> {
  const installed: Installed = { ready: [], failures: [] };
  const planned: { part: Part; steps: Step[] }[] = [];
  const several = parts.length > 1;
  const failed = ({ name, optional }: Part, error: Error) =>
    void installed.failures.push({ name, error, optional: optional === true });
  for (const part of parts) {
    try {
      planned.push({ part, steps: await part.steps() });
    } catch (error) {
      const { message } = error as Error;
      if (several) options.say(`${part.name}: ${message}; the others go on`);
      failed(part, error as Error);
    }
  }
  if (several && !options.dryRun) await total(planned, installed.failures, options);
  for (const { part, steps } of planned) {
    if (several) options.say(`${part.name}:`);
    await install(steps, options).catch((error) => failed(part, error));
    const there = await Promise.all(steps.map((step) => step.isDone()));
    if (there.every(Boolean)) installed.ready.push(part.name);
  }
  if (several && options.dryRun) await total(planned, installed.failures, options);
  if (options.dryRun) options.say("dry run: nothing was done");
  return installed;
}

/** Says what is to come in all, each step once, and refuses what has no room. */
async function total(
  planned: { part: Part; steps: Step[] }[],
  failures: Installed["failures"],
  options: InstallOptions,
) {
  const missing = new Map<string, Step & { optional: boolean }>();
  for (const { part, steps } of planned) {
    for (const step of steps) {
      if (await step.isDone() || missing.get(step.into)?.optional === false) continue;
      missing.set(step.into, { ...step, optional: part.optional === true });
    }
  }
  if (missing.size === 0) return;
  const all = [...missing.values()];
  const sum = (steps: Step[], of: "download_mb" | "disk_mb") =>
    steps.reduce((mb, step) => mb + step[of], 0);
  const here = all.filter(({ otherDisk }) => !otherDisk);
  const extra = sum(here.filter(({ optional }) => optional), "disk_mb");
  const free = await (options.freeMb ?? freeDiskMb)();
  const without = failures.map(({ name }) => name).join(", ");
  options.say(
    `all of it${without && `, without ${without}`}: ${
      megabytes(sum(all, "download_mb"))
    } to download, ${megabytes(sum(here, "disk_mb"))} on disk${
      extra === 0 ? "" : ` (${megabytes(extra)} of it optional)`
    }; ${megabytes(free)} are free`,
  );
  refuseWithoutRoom(sum(here, "disk_mb") - extra, free);
}

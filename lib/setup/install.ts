/** Installs in steps: says what is missing and how large it is, checks the disk, does each step once. */
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { engineCacheDir, exists } from "@/engines/cache.ts";
import { SetupError } from "./python.ts";
import { withSetupLock } from "./setup_lock.ts";
import { megabytes } from "./sizes.ts";

/** One part to install. It counts as there only when it is complete, so that it can be done again. */
export interface Step {
  what: string;
  into: string;
  download_mb: number;
  /** At its largest, while it is installed. */
  disk_mb: number;
  /** Lines for who reads a dry run: the command, what it needs. */
  notes?: string[];
  /** It does not lie on the engine cache's disk, so its size is told and not checked. */
  otherDisk?: boolean;
  isDone(): Promise<boolean>;
  run(say: (line: string) => void): Promise<void>;
}

export interface InstallOptions {
  say: (line: string) => void;
  /** Only say what would be done. */
  dryRun?: boolean;
  /** Free space of the engine cache's disk, in MB. */
  freeMb?: () => Promise<number>;
}

/** Name of folders in the engine cache that are only needed while a step runs. */
export const SCRATCH = "fetch-";

/**
 * Does the steps that are not done yet, in their order, while no other setup is at work.
 * Says nothing when all are done. Throws `SetupError` with what is missing and what to do.
 */
export async function install(steps: Step[], options: InstallOptions): Promise<void> {
  const { say, dryRun = false, freeMb = freeDiskMb } = options;
  const missing = await notDone(steps);
  if (missing.length === 0) return;
  await sayAndCheckSize(missing, options, freeMb);
  if (dryRun) return;
  await withSetupLock(say, async () => {
    await removeScratch();
    for (const step of await notDone(steps)) {
      say(`installing ${step.what}`);
      const started = performance.now();
      await step.run(say);
      say(`  done in ${Math.round((performance.now() - started) / 1000)} s`);
    }
  });
}

async function notDone(steps: Step[]): Promise<Step[]> {
  const done = await Promise.all(steps.map((step) => step.isDone()));
  return steps.filter((_, i) => !done[i]);
}

async function sayAndCheckSize(
  steps: Step[],
  { say, dryRun = false }: InstallOptions,
  freeMb: () => Promise<number>,
) {
  say("to install:");
  for (const { what, into, download_mb, disk_mb, notes = [] } of steps) {
    const size = download_mb === 0 ? "no download" : `${megabytes(download_mb)} to download`;
    say(`  ${what}: ${size}, ${megabytes(disk_mb)} on disk, into ${into}`);
    if (dryRun) notes.forEach((note) => say(`    ${note}`));
  }
  const needed = steps.filter(({ otherDisk }) => !otherDisk).reduce(
    (sum, { disk_mb }) => sum + disk_mb,
    0,
  );
  const free = await freeMb();
  say(`  in all ${megabytes(needed)} on disk; ${megabytes(free)} are free`);
  refuseWithoutRoom(needed, free);
}

/** Throws `SetupError` where `needed` megabytes are more than are free. */
export function refuseWithoutRoom(needed: number, free: number): void {
  if (free >= needed) return;
  throw new SetupError(
    `the disk of ${engineCacheDir()} has ${megabytes(free)} free, ${megabytes(needed)} are ` +
      "needed, and nothing was installed; free some (`setup --list` shows what the cache holds), " +
      "or set BENCH_ENGINES_DIR to a folder on another disk",
  );
}

/** Free space of the engine cache's disk. */
export async function freeDiskMb(): Promise<number> {
  let folder = engineCacheDir();
  while (!await exists(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize / 1e6;
}

/** What a setup that was killed has left. */
async function removeScratch(): Promise<void> {
  for await (const { name } of Deno.readDir(engineCacheDir())) {
    if (!name.startsWith(SCRATCH)) continue;
    await Deno.remove(join(engineCacheDir(), name), { recursive: true });
  }
}

/** Runs `body` with a folder in the engine cache that is removed afterwards. */
export async function withScratch<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ dir: engineCacheDir(), prefix: SCRATCH });
  try {
    return await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

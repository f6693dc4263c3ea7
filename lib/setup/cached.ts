/** What the engine cache holds: engines, models, and what a broken-off setup has left. */
import { join } from "node:path";
import { COMPLETE, engineCacheDir, exists, modelsDir } from "@/engines/cache.ts";
import { SCRATCH } from "./install.ts";
import { run, SetupError } from "./python.ts";
import { LOCK_FILE, withSetupLock } from "./setup_lock.ts";
import { megabytes } from "./sizes.ts";

export interface Cached {
  /** Path within the engine cache, which is also its name, e.g. `models/SmolLM2.gguf`. */
  name: string;
  mb: number;
  /** False for an engine that is not installed to the end and for what is only needed meanwhile. */
  complete: boolean;
}

/** Everything in the engine cache, by name; empty where there is no cache. */
export async function listCached(): Promise<Cached[]> {
  const models = (await namesIn(modelsDir())).map((name) => `models/${name}`);
  const others = (await namesIn(engineCacheDir())).filter((name) =>
    name !== "models" && name !== LOCK_FILE
  );
  return await Promise.all([...others, ...models].map(async (name) => ({
    name,
    mb: await sizeMb(join(engineCacheDir(), name)),
    complete: name.startsWith("models/") || await isComplete(name),
  })));
}

/** A line for each with its size, and a sum. */
export function renderCached(cached: Cached[], folder = engineCacheDir()): string {
  if (cached.length === 0) return `${folder} holds nothing`;
  const lines = cached.map(({ name, mb, complete }) =>
    `${megabytes(mb).padStart(8)}  ${name}${complete ? "" : "  (not complete)"}`
  );
  const sum = cached.reduce((total, { mb }) => total + mb, 0);
  return [folder, ...lines, `${megabytes(sum).padStart(8)}  in all`].join("\n");
}

/** Deletes one of them. Throws `SetupError` when there is none of that name. */
export async function removeCached(name: string, say: (line: string) => void): Promise<void> {
  const cached = await listCached();
  const found = cached.find((item) => item.name === name);
  if (found === undefined) {
    const names = cached.map((item) => item.name).join(", ") || "nothing";
    throw new SetupError(`${engineCacheDir()} holds no "${name}"; it holds ${names}`);
  }
  const leaving = join(engineCacheDir(), `${SCRATCH}removed-${Deno.pid}`);
  await withSetupLock(say, async () => {
    // Half a removal must not pass for an engine; what is left under this name, the next setup removes.
    await Deno.rename(join(engineCacheDir(), name), leaving);
    await Deno.remove(leaving, { recursive: true });
  });
  say(`removed ${name}, ${megabytes(found.mb)}`);
}

async function isComplete(name: string): Promise<boolean> {
  return !name.startsWith(SCRATCH) && await exists(join(engineCacheDir(), name, COMPLETE));
}

async function namesIn(folder: string): Promise<string[]> {
  if (!await exists(folder)) return [];
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function sizeMb(path: string): Promise<number> {
  const kib = Number((await run(["du", "-sk", path])).split("\t")[0]);
  return kib * 1024 / 1e6;
}

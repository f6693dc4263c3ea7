/** One setup at a time in one engine cache. */
import { join } from "node:path";
import { engineCacheDir } from "@/engines/cache.ts";

/** The lock's file in the engine cache; the process that holds it writes its id into it. */
export const LOCK_FILE = "setup.lock";

/**
 * Runs `body` while this process holds the engine cache's lock. If another process holds it, says
 * which and waits. The lock is the kernel's: it ends with the process that holds it, however that ends.
 */
export async function withSetupLock<T>(
  say: (line: string) => void,
  body: () => Promise<T>,
): Promise<T> {
  await Deno.mkdir(engineCacheDir(), { recursive: true });
  const path = join(engineCacheDir(), LOCK_FILE);
  using file = await Deno.open(path, { read: true, write: true, create: true });
  if (!await file.tryLock(true)) {
    const holder = (await Deno.readTextFile(path)).trim() || "of unknown id";
    say(`another setup (process ${holder}) is at work on ${engineCacheDir()}; waiting for its end`);
    await file.lock(true);
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  try {
    return await body();
  } finally {
    await file.truncate();
    await file.unlock();
  }
}

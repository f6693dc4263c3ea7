/** Options that an engine takes from a file only. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { engineCacheDir } from "./cache.ts";
import type { Command } from "./engine.ts";

/** JSON, which is YAML too, under a name that its content gives, so that launches share it. */
export function optionsFile(options: Record<string, unknown>): { path: string; text: string } {
  const text = JSON.stringify(options, null, 2) + "\n";
  const mark = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { path: join(engineCacheDir(), "options", `${mark}.yaml`), text };
}

/** Writes what a command reads. */
export function writeFiles({ files = [] }: Command): void {
  for (const { path, text } of files) {
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }
}

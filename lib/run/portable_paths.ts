/** Takes this machine's folders out of what is recorded, so that a run folder can be shared. */
import { dirname } from "node:path";
import { engineCacheDir } from "@/engines/cache.ts";

const PROJECT = dirname(dirname(import.meta.dirname!));

/** The text with the engine cache, the project, Deno and the home folder under neutral names. */
export function portablePaths(text: string): string {
  const names: [string | undefined, string][] = [
    [engineCacheDir(), "$ENGINES"],
    [PROJECT, "."],
    [Deno.execPath(), "deno"],
    [Deno.env.get("HOME"), "~"],
  ];
  return names.reduce(
    (seen, [path, name]) =>
      path && path !== "/" ? seen.replaceAll(wholePath(path), () => name) : seen,
    text,
  );
}

/** Matches `path` itself and what lies in it, but no longer path that only begins or ends like it. */
function wholePath(path: string): RegExp {
  return new RegExp(`(?<![\\w.~-])${RegExp.escape(path)}(?![\\w-])`, "g");
}

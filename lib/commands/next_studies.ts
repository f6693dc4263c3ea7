/** Which study to run next, as the config names it, so that no study ends in a dead end. */
import type { Config } from "@/config/schema.ts";

/** A command a line with what it answers; none where the config names none. */
export function nextCommands({ next = {} }: Pick<Config, "next">): string[] {
  return Object.entries(next).map(([file, why]) =>
    `next: deno task bench --config ${file}  (${why})`
  );
}

/** Entries that a config leaves out and says why. */
import type { Config } from "@/config/schema.ts";

/** A sentence each, for the manifest. */
export function leftOut({ left_out = {} }: Pick<Config, "left_out">): string[] {
  return Object.entries(left_out).map(([name, why]) => `${name}: not run, because ${why}`);
}

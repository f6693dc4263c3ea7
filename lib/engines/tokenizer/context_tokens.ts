/** How long a request may be: from the flags of an entry, or from its model's config. */
import { join } from "node:path";

/** The whole number that one of `flags` has in `args`; null without one, or where it is no plain number. */
export function flagNumber(args: readonly string[], flags: readonly string[]): number | null {
  const at = args.findLastIndex((arg) => flags.includes(arg.split("=")[0]!));
  if (at < 0) return null;
  const [, joined] = args[at]!.split("=");
  const value = Number(joined ?? args[at + 1]);
  return Number.isInteger(value) && value > 0 ? value : null;
}

/** What the model was made for, by the config.json of its folder; null where that does not say it. */
export function modelContext(folder: string): number | null {
  try {
    const config = JSON.parse(Deno.readTextFileSync(join(folder, "config.json")));
    const tokens = config.max_position_embeddings ?? config.text_config?.max_position_embeddings;
    return Number.isInteger(tokens) ? tokens : null;
  } catch {
    return null;
  }
}

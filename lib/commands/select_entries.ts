/** Which entries of a config a command is about. */
import type { Config } from "@/config/schema.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The config with only the entries that `wanted` names: an entry's name first, else a kind; `all`
 * or undefined keeps every one. Throws `UsageError` when nothing has that name.
 */
export function selectEntries(config: Config, wanted: string | undefined): Config {
  if (wanted === undefined || wanted === "all") return config;
  const entries = Object.entries(config.engines);
  const byName = entries.filter(([name]) => name === wanted);
  const byKind = entries.filter(([, { kind }]) => kind === wanted);
  const selected = byName.length > 0 ? byName : byKind;
  if (selected.length === 0) {
    const known = entries.map(([name, { kind }]) => `${name} (${kind})`).join(", ");
    throw new UsageError(
      `--engine ${wanted}: no entry or kind of that name; the config has ${known}`,
    );
  }
  return { ...config, engines: Object.fromEntries(selected) };
}

/** The config without the entries of one kind. */
export function withoutKind(config: Config, kind: string): Config {
  const kept = Object.entries(config.engines).filter(([, entry]) => entry.kind !== kind);
  return { ...config, engines: Object.fromEntries(kept) };
}

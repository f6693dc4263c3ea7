/** Each entry as it would be launched: command line, environment, files, settings in its own words. */
import { armOf, askedSettings, settingsOf } from "@/config/settings.ts";
import type { Config, EngineEntry } from "@/config/schema.ts";
import type { Command } from "@/engines/engine.ts";
import { recordedEnvironment } from "@/engines/environment.ts";
import { flagsSource } from "@/engines/flags/flags_source.ts";
import { engineOf } from "@/engines/kinds.ts";
import { departures, impossibility, ruleOf } from "@/engines/parity/translate.ts";
import { maskedArgv } from "@/engines/secrets.ts";
import { portablePaths } from "@/run/portable_paths.ts";

/** Shown where a port is chosen at launch only. */
const SOME_PORT = 8000;

/** A paragraph for each entry. Starts and asks nothing. */
export function renderEntries(config: Config): string {
  return Object.entries(config.engines)
    .map(([name, entry]) => [headline(name, entry, config), ...entryLines(entry, config)])
    .map((lines) => lines.join("\n  ")).join("\n");
}

function headline(name: string, entry: EngineEntry, config: Config): string {
  const arm = armOf(config, own(entry));
  return `${name} (${entry.kind}${arm === null ? "" : `, ${arm}`})`;
}

function entryLines(entry: EngineEntry, config: Config): string[] {
  const engine = engineOf(entry.kind);
  if (entry.kind === "external") {
    return [`asked at  ${[entry.base_url].flat().join(", ")}; not launched`];
  }
  try {
    const port = entry.port || SOME_PORT;
    const command = engine.command(entry, config, port)!;
    const chosen = entry.port
      ? ""
      : `\n            (port ${SOME_PORT} stands for one that is free)`;
    const line = `command   ${commandText(command)}${chosen}`;
    return [line, ...flags(entry), ...more(command), ...set(entry, config)];
  } catch (error) {
    return [`command   cannot be told: ${(error as Error).message}`, ...set(entry, config)];
  }
}

function flags(entry: EngineEntry): string[] {
  const source = flagsSource(entry);
  if (source === null) return [];
  const { text, known, asked } = source;
  const later = known === "recorded"
    ? ""
    : asked
    ? "; its own --help is asked before it starts"
    : "; in a container it is not asked, so a wrong one shows at its start";
  return [`flags     ${text}${later}`];
}

function commandText({ argv }: Command): string {
  return maskedArgv(argv).map(portablePaths).map(quoted).join(" ");
}

/** As a shell would have to be given it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./~$-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function more({ env = {}, files = [] }: Command): string[] {
  const { added } = recordedEnvironment(env);
  const variables = Object.entries(added).map(([name, value]) => `${name}=${portablePaths(value)}`);
  return [
    `adds      ${variables.length === 0 ? "nothing to the environment" : variables.join(" ")}`,
    ...files.map(({ path, text }) =>
      `file      ${portablePaths(path)}: ${JSON.stringify(JSON.parse(text))}`
    ),
  ];
}

function set(entry: EngineEntry, config: Config): string[] {
  const settings = engineOf(entry.kind).settings?.(entry);
  if (settings === undefined) return [];
  const wanted = settingsOf(config, own(entry));
  const asked = askedSettings(wanted).map(([name, value]) => {
    const rule = ruleOf(settings.rules, name);
    const why = impossibility(settings, name, value);
    const told = why !== null
      ? `cannot be set: ${why}`
      : "flags" in rule
      ? rule.flags(value, wanted).join(" ") || "its default"
      : "options" in rule
      ? JSON.stringify(rule.options(value))
      : `always so: ${rule.cannot}`;
    const note = "note" in rule && rule.note && why === null ? ` (${rule.note})` : "";
    return `setting   ${`${name} ${value}`.padEnd(24)} ${told}${note}`;
  });
  const differs = departures(settings, config, entry)
    .map(({ what, why }) => `departs   ${portablePaths(what)}: ${why}`);
  return [...asked, ...differs];
}

function own(entry: EngineEntry) {
  return { arm: entry.arm, settings: "settings" in entry ? entry.settings : undefined };
}

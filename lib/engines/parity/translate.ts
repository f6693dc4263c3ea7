/** From the neutral settings of a study to what one engine is told. */
import {
  armOf,
  askedSettings,
  type SettingName,
  settingsOf,
  type SettingValue,
} from "@/config/settings.ts";
import type { Config, EngineEntry } from "@/config/schema.ts";
import { maskedArgv } from "../secrets.ts";
import type { Departure, EngineSettings, SettingRule } from "./setting_rules.ts";

/** The same entry of a config, by its name or as an object. */
export type Study = Pick<Config, "arm" | "settings">;

/** What the engine is told: flags, and what belongs into its options file. */
export interface Translation {
  flags: string[];
  /** Empty where it needs no file. */
  options: Record<string, unknown>;
}

/** In the order of the neutral settings. */
export function translate(
  { rules }: EngineSettings,
  study: Study,
  entry: EngineEntry,
): Translation {
  const wanted = settingsOf(study, own(entry));
  const translation: Translation = { flags: [], options: {} };
  for (const [name, value] of askedSettings(wanted)) {
    const rule = ruleOf(rules, name);
    if ("flags" in rule) translation.flags.push(...rule.flags(value, wanted));
    if ("options" in rule) merge(translation.options, rule.options(value));
  }
  return translation;
}

/** All of them for one entry, in words. */
export function departures(
  engine: EngineSettings | undefined,
  study: Study,
  entry: EngineEntry,
): Departure[] {
  const { settings = {} } = own(entry);
  const overridden = askedSettings(settings).filter(([name, value]) =>
    study.settings?.[name] !== undefined && study.settings[name] !== value
  ).map(([name, value]) => ({
    what: `${name} ${value}`,
    why: `the entry's own in place of ${study.settings![name]}`,
  }));
  const impossible = engine === undefined
    ? []
    : askedSettings(settingsOf(study, own(entry))).flatMap(([name, value]) => {
      const why = impossibility(engine, name, value);
      return why === null ? [] : [{ what: `${name} ${value}`, why }];
    });
  const extra = "extra_args" in entry && entry.extra_args.length > 0
    ? [{ what: maskedArgv(entry.extra_args).join(" "), why: "passed on as extra_args" }]
    : [];
  const arm = armOf(study, own(entry));
  const alone = arm !== armOf(study, {}) && arm !== null
    ? [{ what: `arm ${arm}`, why: "the entry's own" }]
    : [];
  return [...alone, ...overridden, ...impossible, ...extra, ...engine?.besides ?? []];
}

/** Why the engine cannot be told this; null where it can, or does just that anyway. */
export function impossibility(
  { rules }: EngineSettings,
  name: SettingName,
  value: SettingValue,
): string | null {
  const rule = ruleOf(rules, name);
  if ("flags" in rule && rule.impossible) return rule.impossible(value);
  return !("cannot" in rule) || rule.always === value ? null : rule.cannot;
}

export function ruleOf(rules: EngineSettings["rules"], name: SettingName): SettingRule {
  return rules[name] as SettingRule;
}

function own(entry: EngineEntry) {
  return {
    arm: entry.arm,
    settings: "settings" in entry ? entry.settings : undefined,
  };
}

function merge(into: Record<string, unknown>, part: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(part)) {
    const before = into[key];
    if (typeof before === "object" && before !== null && typeof value === "object") {
      merge(before as Record<string, unknown>, value as Record<string, unknown>);
    } else {
      into[key] = value;
    }
  }
}

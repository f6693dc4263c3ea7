/** How an engine is told the neutral settings, and where it tells what became of them. */
import type { SettingName, Settings, SettingValue } from "@/config/settings.ts";

/** How one setting is put. */
export type SettingRule<V extends SettingValue = SettingValue> =
  | {
    /** Flags of the engine's program; empty where its default is just that. */
    flags(value: V, all: Settings): string[];
    /** Why it cannot have this one value; null where it can. */
    impossible?(value: V): string | null;
    /** What else belongs to the setting there; shown beside it. */
    note?: string;
  }
  /** A part of the engine's options file. */
  | { options(value: V): Record<string, unknown>; note?: string }
  /** It has no such setting. `always` is what it does instead, where that is one value. */
  | { cannot: string; always?: V };

type ValueOf<N extends SettingName> = NonNullable<Settings[N]>;

/** A rule for each setting. */
export type SettingRules = { [N in SettingName]: SettingRule<ValueOf<N>> };

/** What a ready server can be asked about itself. */
export interface SelfReport {
  /** Its log up to now. */
  log: string;
  /** Bodies of its answers, by path; of what it did not answer with 200 nothing. */
  answers: Record<string, string>;
}

/** A setting as the server has it, and where it said so. */
export interface Achieved {
  value: SettingValue;
  source: string;
}

/** What no flag can make alike, and where an entry differs from the study by its own will. */
export interface Departure {
  what: string;
  why: string;
}

export interface EngineSettings {
  rules: SettingRules;
  /** What the project asks of this engine alone, whatever the study says; listed with the departures. */
  besides?: readonly Departure[];
  /** Paths beside the API root that `achieved` reads. */
  paths: readonly string[];
  /** Reads what the server has; what is not told is left out. Never throws. */
  achieved(report: SelfReport): Partial<Record<SettingName, Achieved>>;
}

/** `--flag value`. */
export function flag<V extends SettingValue>(name: string, words?: Record<string, string>) {
  return { flags: (value: V) => [name, words?.[String(value)] ?? String(value)] };
}

/** A switch with a name for each way; null is the way that needs none. */
export function onOff(on: string | null, off: string | null) {
  const flags = (value: boolean) => [value ? on : off].filter((name) => name !== null);
  return { flags };
}

/** `false` and `null` words of several languages; numbers as such. */
export function valueIn(text: string | undefined): SettingValue | null {
  if (text === undefined || /^(none|null|auto)$/i.test(text)) return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  const number = Number(text.replaceAll(",", ""));
  return text !== "" && Number.isFinite(number) ? number : text;
}

/** The neutral name of a KV dtype as engines write it; null for one that has none. */
export function kvDtypeIn(text: string | undefined): string | null {
  const [, name] = /(bfloat16|bf16|float16|f16|fp16|half|fp8)/i.exec(text ?? "") ?? [];
  if (name === undefined) return null;
  if (/^b/i.test(name)) return "bf16";
  return /^fp8/i.test(name) ? "fp8" : "f16";
}

/** The last match's first group of a log. */
export function lastIn(log: string, pattern: RegExp): string | undefined {
  return [...log.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1];
}

/** A JSON answer; null where there is none. */
export function jsonIn({ answers }: SelfReport, path: string): unknown {
  try {
    return JSON.parse(answers[path] ?? "null");
  } catch {
    return null;
  }
}

/** Keeps what was told. */
export function told(
  found: Partial<Record<SettingName, [value: SettingValue | null | undefined, source: string]>>,
): Partial<Record<SettingName, Achieved>> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, [value, source]]) =>
      value === null || value === undefined ? [] : [[name, { value, source }]]
    ),
  );
}

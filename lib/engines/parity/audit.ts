/** Asks a ready server which settings it has and holds them to what was asked. */
import {
  SETTING_NAMES,
  type SettingName,
  settingsOf,
  type SettingValue,
} from "@/config/settings.ts";
import type { Config, EngineEntry } from "@/config/schema.ts";
import type { SettingAudit } from "@/records/parity_record.ts";
import { ask } from "../ask.ts";
import type { Engine } from "../engine.ts";
import type { Achieved, EngineSettings, SelfReport } from "./setting_rules.ts";
import { impossibility, ruleOf } from "./translate.ts";

/** Caches come in whole blocks, so a pool may be this much off. */
const POOL_TOLERANCE = 0.02;
const ANSWER_TIMEOUT_MS = 10_000;

/** One row for each setting that was asked, or that the server tells. */
export function auditSettings(
  settings: EngineSettings,
  study: Pick<Config, "arm" | "settings">,
  entry: EngineEntry,
  report: SelfReport,
): SettingAudit[] {
  const own = { arm: entry.arm, settings: "settings" in entry ? entry.settings : undefined };
  const wanted = settingsOf(study, own);
  const achieved = settings.achieved(report);
  return SETTING_NAMES.flatMap((name) => {
    const asked = wanted[name] ?? null;
    const seen = achieved[name];
    const rule = ruleOf(settings.rules, name);
    const known = asked !== null || seen !== undefined ||
      ("cannot" in rule && rule.always !== undefined);
    return known ? [auditOne(settings, name, asked, seen)] : [];
  });
}

function auditOne(
  engine: EngineSettings,
  setting: SettingName,
  asked: SettingValue | null,
  seen: Achieved | undefined,
): SettingAudit {
  const rule = ruleOf(engine.rules, setting);
  const why = asked === null ? null : impossibility(engine, setting, asked);
  if (seen !== undefined) {
    const { value: achieved, source } = seen;
    const verdict = asked === null ? null : alike(setting, asked, achieved) ? "equal" : "unequal";
    return { setting, asked, achieved, source, verdict };
  }
  if (!("cannot" in rule)) {
    const verdict = why === null ? "not told" : "cannot";
    return { setting, asked, achieved: null, source: why ?? "", verdict };
  }
  const { always = null, cannot: source } = rule;
  if (asked === null) return { setting, asked, achieved: always, source, verdict: null };
  return {
    setting,
    asked,
    achieved: always,
    source,
    verdict: asked === always ? "equal" : "cannot",
  };
}

/** Whether two values of a setting are the same; pools of tokens may differ by a block. */
export function alike(setting: SettingName, one: SettingValue, other: SettingValue): boolean {
  if (setting !== "kv_tokens") return one === other;
  return Math.abs(Number(one) - Number(other)) <= POOL_TOLERANCE * Number(one);
}

/** What the server says of itself. A path that does not answer is left out. */
export async function selfReport(
  engine: Engine<EngineEntry>,
  entry: EngineEntry,
  baseUrl: string,
  log: string,
): Promise<SelfReport> {
  const answers: Record<string, string> = {};
  for (const path of engine.settings?.(entry).paths ?? []) {
    try {
      const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
      const { status, text } = await ask(new URL(path, baseUrl).href, {
        headers: engine.headers(entry),
        signal,
      });
      if (status === 200) answers[path] = text;
    } catch { /* Not told; the audit says so. */ }
  }
  return { log, answers };
}

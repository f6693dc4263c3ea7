/** Whether entries of a run had the same settings: what was asked, what they told, what is equal. */
import {
  type Arm,
  armOf,
  SETTING_NAMES,
  type SettingName,
  type SettingValue,
} from "@/config/settings.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { SettingAudit } from "@/records/parity_record.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";

/** One setting over all entries that told something of themselves. */
export interface ParityRow {
  setting: SettingName;
  entries: ParityCell[];
  /** Null where one entry alone has it, or where engines mean different things by it. */
  equal: "equal" | "unequal" | "not known" | null;
}

export interface ParityCell {
  entry: string;
  asked: SettingValue | null;
  /** One value for each way in which its launches came out. */
  achieved: SettingValue[];
  source: string;
  verdict: SettingAudit["verdict"];
}

/** Caches come in whole blocks, so pools of tokens may be this much apart. */
const POOL_TOLERANCE = 0.02;

/** One row a setting; none of older runs. Simulated entries pretend to settings, so they are left out. */
export function parityRows(launches: readonly LaunchRecord[]): ParityRow[] {
  const audited = launches.filter(({ parity, kind }) => parity && kind !== "simulated");
  const entries = [...Map.groupBy(audited, ({ entry }) => entry)];
  return SETTING_NAMES.flatMap((setting) => {
    const cells = entries.flatMap(([entry, own]) => cellOf(setting, entry, own));
    return cells.length === 0 ? [] : [{ setting, entries: cells, equal: equality(setting, cells) }];
  });
}

function cellOf(setting: SettingName, entry: string, launches: LaunchRecord[]): ParityCell[] {
  const audits = launches.flatMap(({ parity = [] }) =>
    parity.filter((audit) => audit.setting === setting)
  );
  const [first] = audits;
  if (first === undefined) return [];
  const worst = audits.find(({ verdict }) => verdict === "unequal") ?? first;
  const achieved = [...new Set(audits.flatMap(({ achieved }) => achieved ?? []))];
  const { asked, source, verdict } = worst;
  return [{ entry, asked, achieved, source, verdict }];
}

function equality(setting: SettingName, cells: ParityCell[]): ParityRow["equal"] {
  if (cells.length < 2 || setting === "memory_fraction") return null;
  const told = cells.flatMap(({ achieved }) => achieved);
  if (told.some((value) => !alike(setting, told[0]!, value))) return "unequal";
  return cells.every(({ achieved }) => achieved.length > 0) ? "equal" : "not known";
}

function alike(setting: SettingName, one: SettingValue, other: SettingValue): boolean {
  if (setting !== "kv_tokens") return one === other;
  const [a, b] = [Number(one), Number(other)];
  return Math.abs(a - b) <= POOL_TOLERANCE * Math.max(a, b);
}

/** What of an equalised study is not equal, gravest first: a sentence each. */
export function parityFindings(manifest: Manifest, launches: readonly LaunchRecord[]): string[] {
  const { config } = manifest;
  const equalised = (entry: string) =>
    armOf(config, termsOf(config.engines[entry]!)) === "equalised";
  const rows = parityRows(launches.filter(({ entry }) => equalised(entry)));
  const asked = rows.filter(({ entries }) => entries.some(({ asked }) => asked !== null));
  const values = ({ entries }: ParityRow) =>
    entries.map(({ entry, achieved }) => `${entry} ${achieved.join(" or ") || "not told"}`)
      .join(", ");
  const unequal = asked.filter(({ equal }) => equal === "unequal")
    .map((row) => `Settings are not equal: ${row.setting} is ${values(row)}.`);
  const missed = asked.flatMap(({ setting, entries }) =>
    entries.filter(({ verdict }) => verdict === "unequal").map(({ entry, asked, achieved }) =>
      `${entry} did not take ${setting} ${asked}: it has ${achieved.join(" or ")}.`
    )
  );
  const unknown = asked.filter(({ equal }) => equal === "not known").map(({ setting }) => setting);
  return [
    ...unequal,
    ...missed,
    ...(unknown.length === 0
      ? []
      : [`Whether entries are equal is not known of ${unknown.join(", ")}: not all tell it.`]),
  ];
}

/** The arm of each entry by its name; null for those that state none. */
export function armsOf({ config }: Pick<Manifest, "config">): Map<string, Arm | null> {
  return new Map(
    Object.entries(config.engines).map(([name, entry]) => [name, armOf(config, termsOf(entry))]),
  );
}

/** The one arm that all entries share; null where they share none. */
export function sharedArm(manifest: Pick<Manifest, "config">): Arm | null {
  const [first = null, ...others] = new Set(armsOf(manifest).values());
  return others.length === 0 ? first : null;
}

function termsOf(entry: Manifest["config"]["engines"][string]) {
  return { arm: entry.arm, settings: "settings" in entry ? entry.settings : undefined };
}

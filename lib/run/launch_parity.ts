/** Whether a server that has just become ready has the settings that were asked of it. */
import type { Config } from "@/config/schema.ts";
import { auditSettings, selfReport } from "@/engines/parity/audit.ts";
import { engineOf } from "@/engines/kinds.ts";
import type { SettingAudit } from "@/records/parity_record.ts";

/** The audit of one server; null where its engine tells nothing or nothing was to be told. */
export async function launchParity(
  config: Config,
  entryName: string,
  baseUrl: string,
  log: string,
): Promise<SettingAudit[] | null> {
  const entry = config.engines[entryName]!;
  const engine = engineOf(entry.kind);
  const settings = engine.settings?.(entry);
  if (settings === undefined) return null;
  const report = await selfReport(engine, entry, baseUrl, readLog(log));
  const audit = auditSettings(settings, config, entry, report);
  return audit.length === 0 ? null : audit;
}

function readLog(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** What became of the asked settings, e.g. `settings: 7 as asked; max_sequences asked 16, is 8`. */
export function parityText(audit: readonly SettingAudit[]): string | null {
  const asked = audit.filter(({ asked }) => asked !== null);
  if (asked.length === 0) return null;
  const names = (verdict: SettingAudit["verdict"]) =>
    asked.filter((row) => row.verdict === verdict).map(({ setting }) => setting);
  const equal = names("equal").length;
  const unequal = asked.filter(({ verdict }) => verdict === "unequal")
    .map(({ setting, asked, achieved }) => `${setting} asked ${asked}, is ${achieved}`);
  const list = (what: string, of: string[]) => of.length === 0 ? [] : [`${what} ${of.join(", ")}`];
  return [
    `settings: ${equal} of ${asked.length} as asked`,
    ...unequal,
    ...list("not told", names("not told")),
    ...list("cannot be set", names("cannot")),
  ].join("; ");
}

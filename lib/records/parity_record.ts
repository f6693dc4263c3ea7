/** What was asked of a server's settings and what became of it. */
import type { SettingName, SettingValue } from "@/config/settings.ts";

/**
 * `equal`: achieved as asked. `unequal`: told otherwise. `not told`: passed on, but the server does not
 * say what became of it. `cannot`: the engine has no such setting.
 */
export type SettingVerdict = "equal" | "unequal" | "not told" | "cannot";

export interface SettingAudit {
  setting: SettingName;
  /** Null where the study asks nothing. */
  asked: SettingValue | null;
  /** Null where the server does not tell. */
  achieved: SettingValue | null;
  /** Where it was told, e.g. `/server_info`; for `cannot` the reason. */
  source: string;
  verdict: SettingVerdict | null;
}

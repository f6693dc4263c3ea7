/** Answers of `nvidia-smi` in the form in which drivers give them, for tests. */
import type { Probe } from "../machine_probe.ts";

/** Fields that a driver of branch 580 lists, of those that are asked for. */
export const FIELDS_OF_580 = [
  "index",
  "name",
  "driver_version",
  "memory.total",
  "memory.used",
  "compute_cap",
  "persistence_mode",
  "mig.mode.current",
  "pci.bus_id",
  "clocks.current.sm",
  "clocks.current.memory",
  "clocks.max.sm",
  "power.draw",
  "power.limit",
  "power.default_limit",
  "temperature.gpu",
  "utilization.gpu",
  "clocks_event_reasons.active",
];

export interface Smi {
  /** False: it is not on the PATH. */
  program?: boolean;
  /** It fails and says this. */
  failed?: string;
  fields?: readonly string[];
  /** A line of the card's facts each. */
  cards?: string[];
  /** A line of each card's readings. */
  now?: string[];
  apps?: string[];
}

/** Refuses a question with a field that is not listed, as the real one does. */
export function smi(
  { program = true, failed, fields = FIELDS_OF_580, cards = [], now = [], apps = [] }: Smi,
): Probe {
  const answer = (stdout: string, success = true) => ({ success, stdout, stderr: "" });
  return (name, ...args) => {
    if (name !== "nvidia-smi" || !program) return Promise.resolve(null);
    const [question] = args;
    if (question === "--help-query-gpu") {
      const help = fields.map((field) => `"${field}"\nWhat it is.\n`).join("\n");
      return Promise.resolve(answer(help));
    }
    if (failed !== undefined) return Promise.resolve(answer(`${failed}\n`, false));
    if (question!.startsWith("--query-compute-apps")) return Promise.resolve(answer(apps.join("\n")));
    const asked = question!.split("=")[1]!.split(",");
    const unknown = asked.find((field) => !fields.includes(field));
    if (unknown !== undefined) {
      const said = `Field "${unknown}" is not a valid field to query.\n`;
      return Promise.resolve(answer(said, false));
    }
    return Promise.resolve(answer((asked.includes("name") ? cards : now).join("\n")));
  };
}

/** Whether the client of this machine can follow a study's highest load, by what `calibrate` stored. */
import { coresByDefault, dividesByDefault } from "@/config/cores.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import type { Config } from "@/config/schema.ts";
import type { Calibration } from "@/records/calibration_record.ts";
import type { Machine } from "@/records/manifest.ts";
import { CEILING_SHARE, clientRoom, offeredTokens, trialWorkers } from "@/run/worker_choice.ts";
import { type Check, ok, warning } from "./check.ts";

const TOPIC = "client ceiling";
const CALIBRATE = "deno task calibrate, with nothing else running";

export interface ClientQuestion {
  config: Config;
  /** All planned trials. */
  trials: readonly PlannedTrial[];
  /** As stored; null where there is none, in text why it cannot be read. */
  stored: Calibration | string | null;
  machine: Machine;
}

/** Compares the highest offered load with the ceiling of as many workers as would send it. */
export function clientCheck({ config, trials, stored, machine }: ClientQuestion): Check {
  const highest = trials.toSorted((a, b) => rate(b) - rate(a))[0];
  const need = highest === undefined ? "" : `; the highest load: ${offeredTokens(highest).offered}`;
  if (typeof stored === "string") return warning(TOPIC, `${stored}${need}`, CALIBRATE);
  if (stored === null) {
    return warning(
      TOPIC,
      `how much this machine's client can follow was not measured${need}`,
      CALIBRATE,
    );
  }
  const measured = `measured on ${stored.at.slice(0, 10)}`;
  const { cpu, cores } = stored.machine;
  if (cpu !== machine.cpu || cores !== machine.cores) {
    return warning(TOPIC, `${measured}, but on ${cores} cores of ${cpu}${need}`, CALIBRATE);
  }
  const { ceiling_events_per_s: ceiling, ended_by } = stored;
  if (ceiling === null) {
    const found = `${measured}: no load was within the client's limits${need}`;
    return warning(TOPIC, found, "free the machine of other work, then calibrate again");
  }
  const limit = `${ended_by === "client" ? "" : "at least "}${whole(ceiling)} tokens/s a worker`;
  if (highest === undefined) return ok(TOPIC, `${measured}: ${limit}`);
  const said = { client_cores: config.hardware.client_cores ?? null };
  const all = [...Array(machine.cores).keys()];
  const pinned = dividesByDefault(config) ? coresByDefault(all) ?? said : said;
  const { count } = trialWorkers(highest, config, clientRoom(pinned, stored));
  const room = CEILING_SHARE * ceiling * count;
  const workers = `${count} ${count === 1 ? "worker" : "workers"}`;
  const found = `${measured}: ${limit}, of which ${100 * CEILING_SHARE} % by ${workers} are ` +
    `${whole(room)} tokens/s${need}`;
  if (rate(highest) <= room) return ok(TOPIC, found);
  const more = ended_by === "client"
    ? "give the client more cores (hardware.client_cores), or lower the highest load"
    : "calibrate where the known-truth server has a core of its own (--server-core); the limit may be its";
  return warning(TOPIC, found, more);
}

const rate = (trial: PlannedTrial) => offeredTokens(trial).tokens_per_s;
const whole = (value: number) => Math.round(value).toLocaleString("en-US");

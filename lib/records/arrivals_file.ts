/** Where the arrival lists of open loops stand: short ones in the manifest, others in files of their own. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Arrival } from "@/config/arrivals/arrival.ts";
import type { Plan } from "@/config/plan.ts";

/** Reference to a list of JSON lines, one an arrival, in the run folder. */
export interface ArrivalsFile {
  file: string;
  count: number;
  sha256: string;
}

/** A plan as the manifest keeps it. */
export type StoredPlan = Omit<Plan, "arrivals"> & {
  arrivals?: Record<string, Arrival[] | ArrivalsFile>;
};

/** A longer list goes into a file. */
const LONGEST_INLINE = 50;

/** The plan as it is to be stored; its long lists are written to `dir`. */
export function storePlan(dir: string, plan: StoredPlan): StoredPlan {
  if (plan?.arrivals === undefined) return plan;
  const stored = Object.entries(plan.arrivals).map(([name, list]) =>
    [
      name,
      Array.isArray(list) && list.length > LONGEST_INLINE ? storeArrivals(dir, name, list) : list,
    ] as const
  );
  return { ...plan, arrivals: Object.fromEntries(stored) };
}

/** Writes `arrivals/<name>.ndjson` in `dir`. */
export function storeArrivals(dir: string, name: string, list: readonly Arrival[]): ArrivalsFile {
  const text = list.map((arrival) => JSON.stringify(arrival) + "\n").join("");
  const file = `arrivals/${name}.ndjson`;
  Deno.mkdirSync(join(dir, "arrivals"), { recursive: true });
  Deno.writeTextFileSync(join(dir, file), text);
  return { file, count: list.length, sha256: sha256(text) };
}

/** The list of that name. Throws when the plan has none, or when its file is missing or altered. */
export function readArrivals(dir: string, plan: StoredPlan, name: string): Arrival[] {
  const stored = plan.arrivals?.[name];
  if (stored === undefined) throw new Error(`the plan has no arrivals called ${name}`);
  if (Array.isArray(stored)) return stored;
  const path = join(dir, stored.file);
  const text = Deno.readTextFileSync(path);
  if (sha256(text) !== stored.sha256) throw new Error(`${path} was altered since the run`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

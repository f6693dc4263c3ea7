/** Where the arrival lists of open loops stand: short ones in the manifest, others in files of their own. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Arrival, ArrivalList } from "@/config/arrivals/arrival.ts";
import type { Plan } from "@/config/plan.ts";
import { writeWhole } from "./write_whole.ts";

/** Reference to a list of JSON lines, one an arrival, in the run folder. */
export interface ArrivalsFile {
  file: string;
  count: number;
  sha256: string;
}

/** A plan as the manifest keeps it. */
export type StoredPlan = Omit<Plan, "arrivals"> & {
  arrivals?: Record<string, ArrivalList | ArrivalsFile>;
};

/** A longer list goes into a file. */
const LONGEST_INLINE = 50;

/** The plan as it is to be stored; its long lists are written to `dir`. */
export function storePlan(dir: string, plan: StoredPlan): StoredPlan {
  if (plan?.arrivals === undefined) return plan;
  const stored = Object.entries(plan.arrivals).map(([name, list]) =>
    [
      name,
      "file" in list
        ? list
        : list.length > LONGEST_INLINE
        ? storeArrivals(dir, name, list)
        : [...list],
    ] as const
  );
  return { ...plan, arrivals: Object.fromEntries(stored) };
}

/** Writes `arrivals/<name>.ndjson` in `dir`. */
export function storeArrivals(dir: string, name: string, list: ArrivalList): ArrivalsFile {
  const file = `arrivals/${name}.ndjson`;
  Deno.mkdirSync(join(dir, "arrivals"), { recursive: true });
  using written = Deno.openSync(join(dir, file), { create: true, truncate: true, write: true });
  const hash = createHash("sha256");
  for (const text of pieces(list)) {
    hash.update(text);
    writeWhole(written, new TextEncoder().encode(text));
  }
  return { file, count: list.length, sha256: hash.digest("hex") };
}

const PIECE_CHARACTERS = 64 * 1024;

/** The list's lines, many at a time. */
function* pieces(list: ArrivalList): Generator<string> {
  let text = "";
  for (const arrival of list) {
    text += JSON.stringify(arrival) + "\n";
    if (text.length < PIECE_CHARACTERS) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** The list of that name. Throws when the plan has none, or when its file is missing or altered. */
export function readArrivals(dir: string, plan: StoredPlan, name: string): Arrival[] {
  const stored = plan.arrivals?.[name];
  if (stored === undefined) throw new Error(`the plan has no arrivals called ${name}`);
  if (!("file" in stored)) return [...stored];
  const path = join(dir, stored.file);
  const text = Deno.readTextFileSync(path);
  if (sha256(text) !== stored.sha256) throw new Error(`${path} was altered since the run`);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

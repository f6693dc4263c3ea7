/** The flags of an installed program: from its own help, kept in the engine cache, or as recorded. */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { engineCacheDir } from "../cache.ts";
import { findProgram } from "../programs.ts";
import { readArgparseHelp, readClickHelp } from "./argparse_help.ts";
import { allNames, type FlagTable } from "./flag_table.ts";
import type { HelpQuestion } from "./help_question.ts";
import { installedVersion } from "./installed_version.ts";
import { recordedFlags } from "./recorded_flags.ts";

export interface FlagsOptions {
  /** The version that the entry names. */
  version?: string | undefined;
  /** Whether the program may be started, which takes 10–40 s; else what is kept or recorded is used. */
  ask: boolean;
  /** Added to the environment of the program, as its entry says. */
  env?: Record<string, string> | undefined;
  /** Told before the program is started. */
  say?: (line: string) => void;
}

/** Loading Python's packages takes most of it. */
const HELP_TIMEOUT_MS = 180_000;

/**
 * The flags that the program takes. Without an answer from itself, those recorded of its version,
 * and `why` says why; null `table` where none were recorded either.
 */
export async function flagsOf(
  question: HelpQuestion,
  { version, ask, env, say = () => {} }: FlagsOptions,
): Promise<{ table: FlagTable | null; why: string }> {
  if (question.argv === null) {
    return recorded(question, version ?? question.version, true, "a container is not asked");
  }
  const [name, ...asking] = question.argv;
  const path = await findProgram(name);
  if (path === null) {
    return recorded(question, version ?? question.version, true, `${name} is not installed here`);
  }
  const real = await Deno.realPath(path);
  const found = await installedVersion(real, question.distributions);
  const own = found ?? version ?? null;
  const kept = await cachePath(question.program, [real, ...asking], own);
  const before = await readKept(kept);
  if (before !== null) return { table: before, why: "" };
  const assumed = own ?? question.version;
  if (!ask) return recorded(question, assumed, own !== null, `${name} was not asked`);
  say(`asking ${name} for its flags; this takes up to a minute, once for each version`);
  const help = await helpOf(path, asking, env);
  if (typeof help !== "string") return recorded(question, assumed, own !== null, help.failed);
  const flags = (question.grammar === "click" ? readClickHelp : readArgparseHelp)(help);
  if (flags.length === 0) {
    return recorded(question, assumed, own !== null, `its help shows no flags`);
  }
  const table = withHidden({
    program: `${question.program} ${own ?? "of unknown version"}`,
    grammar: question.grammar,
    source: `its own \`${asking.join(" ")}\``,
    exact: true,
    flags,
  }, own === null ? null : recordedFlags(question.program, own));
  await keep(kept, table);
  return { table, why: "" };
}

function recorded(question: HelpQuestion, version: string, sure: boolean, why: string) {
  const table = recordedFlags(question.program, version);
  return { table: table && { ...table, exact: table.exact && sure }, why };
}

/** With what was recorded of the same version and its help does not show. */
function withHidden(table: FlagTable, before: FlagTable | null): FlagTable {
  const shown = new Set(table.flags.flatMap(allNames));
  const hidden = before?.exact
    ? before.flags.filter((flag) => !allNames(flag).some((name) => shown.has(name)))
    : [];
  return { ...table, flags: [...table.flags, ...hidden] };
}

/** What the program prints, or in short why it prints no help. */
async function helpOf(
  program: string,
  args: string[],
  added: Record<string, string> | undefined,
): Promise<string | { failed: string }> {
  const signal = AbortSignal.timeout(HELP_TIMEOUT_MS);
  const env = { ...added, COLUMNS: "80", NO_COLOR: "1", PYTHON_COLORS: "0", TERM: "dumb" };
  try {
    const command = new Deno.Command(program, { args, env, signal, stdin: "null" });
    const { success, stdout, stderr } = await command.output();
    if (success) return new TextDecoder().decode(stdout);
    const last = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
    return { failed: `${basename(program)} shows no help here: ${last || "it says nothing"}` };
  } catch (error) {
    return { failed: `${basename(program)} cannot be started: ${(error as Error).message}` };
  }
}

/** One file for each program, version and installation; a reinstalled program is asked again. */
async function cachePath(program: string, asking: [string, ...string[]], version: string | null) {
  const { mtime, size } = await Deno.stat(asking[0]);
  const installation = [mtime?.getTime(), size, ...asking].join("\n");
  const mark = createHash("sha256").update(installation).digest("hex").slice(0, 12);
  const name = [program, version ?? "unknown", mark].join("-");
  return join(engineCacheDir(), "flags", `${name}.json`);
}

async function readKept(path: string): Promise<FlagTable | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as FlagTable;
  } catch {
    return null;
  }
}

/** A cache that cannot be written costs the next run its time, and nothing else. */
async function keep(path: string, table: FlagTable): Promise<void> {
  const unfinished = `${path}.${Deno.pid}`;
  try {
    await Deno.mkdir(join(engineCacheDir(), "flags"), { recursive: true });
    await Deno.writeTextFile(unfinished, JSON.stringify(table));
    await Deno.rename(unfinished, path);
  } catch { /* see above */ }
}

/** Whether an entry's command line holds only what its engine takes, before anything is loaded. */
import { editDistance } from "@/config/known_keys.ts";
import type { Config } from "@/config/schema.ts";
import type { Command } from "../engine.ts";
import { engineOf } from "../kinds.ts";
import { type Misuse, readCommandLine, type UsedFlag } from "./command_line_flags.ts";
import { allNames, type FlagTable } from "./flag_table.ts";
import { flagsOf, type FlagsOptions } from "./flags_of.ts";

/** What is wrong with a flag, and where it stands in the config. */
export interface FlagProblem {
  path: (string | number)[];
  message: string;
}

export interface FlagCheck {
  problems: FlagProblem[];
  /** What may be wrong, or why nothing was checked; the table is not of this very program. */
  notes: FlagProblem[];
}

/** Checks the flags of one entry. Kinds whose flags are not known are not checked. */
export async function checkFlags(
  name: string,
  config: Config,
  options: Omit<FlagsOptions, "version" | "env">,
): Promise<FlagCheck> {
  const entry = config.engines[name]!;
  const engine = engineOf(entry.kind);
  const question = engine.help?.(entry);
  const nothing = { problems: [], notes: [] };
  if (question === undefined || entry.kind === "external") return nothing;
  const args = argumentsOf(() => engine.command(entry, config, 1));
  if (typeof args === "string") {
    const message = `its flags were not checked: ${args}`;
    return { problems: [], notes: [{ path: ["engines", name], message }] };
  }
  const version = "version" in entry ? entry.version : undefined;
  const { table, why } = await flagsOf(question, { ...options, version, env: entry.env });
  const at = ["engines", name];
  if (table === null) {
    const message = `its flags were not checked: ${why}, and none are recorded of this version`;
    return { problems: [], notes: [{ path: at, message }] };
  }
  const found = problemsOf(args, entry.extra_args, table).map(({ path, message }) => ({
    path: [...at, ...path],
    message,
  }));
  if (table.exact) return { problems: found, notes: [] };
  const doubt = `; ${why}, so this is a guess and no refusal`;
  return { problems: [], notes: found.map((each) => ({ ...each, message: each.message + doubt })) };
}

/** What stands after `serve`; in text why there is no command line. */
function argumentsOf(command: () => Command | null): string[] | string {
  try {
    const argv = command()?.argv ?? [];
    return argv.slice(argv.indexOf("serve") + 1);
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * What is wrong with `args`, of which the last ones are the entry's `extra` ones; paths begin at the
 * entry.
 */
export function problemsOf(
  args: readonly string[],
  extra: readonly string[],
  table: FlagTable,
): FlagProblem[] {
  const begin = args.length - extra.length;
  const own = readCommandLine(args.slice(0, begin), table, Infinity);
  const { used, misuses } = readCommandLine(args, table, own.positional.length);
  const path = (index: number) => index < begin ? [] : ["extra_args", index - begin];
  const wrong = misuses.map((misuse) => ({
    path: path(misuse.index),
    message: `${sentence(misuse, table)} (${table.program}, from ${table.source})`,
  }));
  const again = used.filter(({ index }) => index >= begin).flatMap((flag) => {
    const first = own.used.find((each) => each.flag === flag.flag);
    const harmless = first?.given === flag.given && first.values.join() === flag.values.join();
    return first && !harmless ? [{ path: path(flag.index), message: givenAgain(first, flag) }] : [];
  });
  return [...wrong, ...again].sort((a, b) => Number(a.path[1] ?? -1) - Number(b.path[1] ?? -1));
}

function givenAgain(first: UsedFlag, again: UsedFlag): string {
  const set = [first.given, ...first.values].join(" ");
  return `${again.given}: the project sets ${set} itself; given again, the later one, yours, ` +
    "would win and the project would go on with its own; take it out";
}

function sentence(misuse: Misuse, table: FlagTable): string {
  const { given } = misuse;
  switch (misuse.kind) {
    case "unknown":
      return `${given}: no such flag${nearestFlags(given, table)}`;
    case "ambiguous":
      return `${given}: could be ${misuse.matches.join(", ")}; write the one that is meant`;
    case "no value":
      return `${given}: its value is missing${choicesOf(misuse.flag.choices)}`;
    case "needless value":
      return `${given}: takes no value, got "${misuse.value}"; leave it out`;
    case "not a choice":
      return `${given}: "${misuse.value}" is no choice${choicesOf(misuse.flag.choices)}`;
    case "stray":
      return /^--?[A-Za-z][\w-]* /.test(given)
        ? `"${given}": a flag and its value in one text; make them two, or write = between them`
        : `"${given}": belongs to no flag; take it out`;
  }
}

function choicesOf(choices: string[] | undefined): string {
  return choices ? `; it takes ${choices.join(", ")}` : "";
}

/** The known flags that are most like `given`: few edits away, or with all its words. */
function nearestFlags(given: string, { flags }: FlagTable): string {
  const words = given.split(/[-_]+/).filter(Boolean);
  const near = flags.flatMap(allNames).filter((name) => name.startsWith("--")).map((name) => {
    const edits = editDistance(given, name);
    const holdsAll = words.length > 1 && words.every((word) => name.includes(word));
    return { name, edits, close: edits <= Math.max(1, Math.floor(given.length / 4)) || holdsAll };
  }).filter(({ close }) => close).sort((a, b) => a.edits - b.edits).slice(0, 3);
  return near.length === 0 ? "" : `; did you mean ${near.map(({ name }) => name).join(" or ")}?`;
}

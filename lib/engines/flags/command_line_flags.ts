/** Reads a command line as an engine's own parser would, by the table of its flags. */
import { allNames, type Flag, type FlagTable } from "./flag_table.ts";

/** What the parser would not take. `index` is the argument that it is about. */
export type Misuse =
  & { index: number; given: string }
  & (
    /** `rest`: what would have been its values. */
    | { kind: "unknown"; rest: string[] }
    | { kind: "ambiguous"; matches: string[] }
    | { kind: "no value"; flag: Flag }
    | { kind: "needless value"; flag: Flag; value: string }
    | { kind: "not a choice"; flag: Flag; value: string }
    | { kind: "stray" }
  );

/** A flag as it was used; `given` is the name as it was written. */
export interface UsedFlag {
  index: number;
  given: string;
  flag: Flag;
  values: string[];
}

export interface CommandLine {
  used: UsedFlag[];
  /** Arguments that belong to no flag. */
  positional: string[];
  misuses: Misuse[];
}

/** Reads `args`; the first `positionals` arguments that belong to no flag are in order. */
export function readCommandLine(
  args: readonly string[],
  table: FlagTable,
  positionals = 1,
): CommandLine {
  const line: CommandLine = { used: [], positional: [], misuses: [] };
  for (let index = 0; index < args.length;) {
    const given = args[index]!;
    const named = nameOf(given, table);
    if (named === null) {
      if (line.positional.push(given) > positionals) {
        line.misuses.push({ index, given, kind: "stray" });
      }
      index++;
      continue;
    }
    const { misuse, value } = named;
    // The values of an unknown flag cannot be told from strays, and it is named already.
    const rest = args.slice(index + 1);
    const following = valuesAtStart(rest, table, named.flag ?? null);
    if (misuse?.kind === "ambiguous") line.misuses.push({ index, ...misuse });
    if (misuse?.kind === "unknown") {
      line.misuses.push({ index, ...misuse, rest: value === null ? following : [] });
    }
    if (named.flag) readValues({ index, given: named.given, flag: named.flag }, value, following);
    index += 1 + (value === null ? following.length : 0);
  }
  return line;

  function readValues(
    start: Omit<UsedFlag, "values">,
    attached: string | null,
    following: string[],
  ) {
    const { flag } = start;
    const values = attached === null ? following : [attached];
    line.used.push({ ...start, values });
    if (flag.nargs === 0 && attached !== null) {
      line.misuses.push({ ...start, kind: "needless value", value: attached });
    } else if ((flag.nargs === 1 || flag.nargs === "+") && values.length === 0) {
      line.misuses.push({ ...start, kind: "no value" });
    }
    const wrong = flag.choices && values.find((value) => !flag.choices!.includes(value));
    if (wrong !== undefined && flag.nargs !== 0) {
      line.misuses.push({ ...start, kind: "not a choice", value: wrong });
    }
  }
}

interface Named {
  given: string;
  flag?: Flag;
  /** What stands behind `=`, or behind a one-letter name. */
  value: string | null;
  misuse?: { given: string } & ({ kind: "unknown" } | { kind: "ambiguous"; matches: string[] });
}

/** The flag that an argument names; null if it is none, but a value or a positional argument. */
function nameOf(arg: string, table: FlagTable): Named | null {
  if (!/^--?[A-Za-z]/.test(arg)) return null;
  const at = arg.indexOf("=");
  const given = at < 0 ? arg : arg.slice(0, at);
  const level = table.grammar === "vllm" ? arg.match(/^-O=?(.+)/)?.[1] : undefined;
  const value = level ?? (at < 0 ? null : arg.slice(at + 1));
  const flags = table.flags;
  const name = table.grammar === "vllm" ? plainName(given) : given;
  const exact = flags.find((flag) => allNames(flag).includes(name));
  if (exact) return { given, flag: exact, value };
  const letter = flags.find(({ names, nargs }) => nargs !== 0 && names.includes(arg.slice(0, 2)));
  if (!arg.startsWith("--") && letter) {
    return { given: arg.slice(0, 2), flag: letter, value: arg.slice(2) };
  }
  const begun = table.grammar === "click" ? [] : beginningWith(name, flags);
  const matches = begun.map((match) => match.name);
  if (new Set(begun.map(({ flag }) => flag)).size > 1) {
    return { given, value, misuse: { given, kind: "ambiguous", matches } };
  }
  if (begun.length > 0) return { given, flag: begun[0]!.flag, value };
  // argparse takes what holds a space for a positional argument.
  if (given.includes(" ") && table.grammar !== "click") return null;
  return { given, value, misuse: { given, kind: "unknown" } };
}

/** vLLM reads `_` as `-`, `--flag.key value` as part of the JSON of `--flag`, and `-O3`. */
function plainName(given: string): string {
  const [name = ""] = given.split(".");
  if (name.startsWith("-O")) return "--optimization-level";
  return name.startsWith("--") ? name.replaceAll("_", "-") : name;
}

function beginningWith(start: string, flags: Flag[]): { name: string; flag: Flag }[] {
  if (!start.startsWith("--")) return [];
  return flags.flatMap((flag) =>
    allNames(flag).filter((name) => name.startsWith(start)).map((name) => ({ name, flag }))
  );
}

/** What of `rest` a flag would take as its values; for an unknown one, what may have been meant. */
function valuesAtStart(rest: string[], table: FlagTable, flag: Flag | null): string[] {
  const most = { 0: 0, 1: 1, "?": 1, "+": Infinity, "*": Infinity }[flag?.nargs ?? 1];
  // click takes whatever comes next.
  if (table.grammar === "click" && flag) return rest.slice(0, most);
  const end = rest.findIndex((arg) => nameOf(arg, table) !== null);
  return rest.slice(0, Math.min(most, end < 0 ? rest.length : end));
}

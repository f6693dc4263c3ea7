/** What argparse and click print: their help, and their errors for what they do not take. */
import type { CommandLine, Misuse } from "@/engines/flags/command_line_flags.ts";
import { allNames, type Flag, type FlagTable } from "@/engines/flags/flag_table.ts";
import type { StandIn } from "./stand_in_settings.ts";

/** The help of the real program, as far as the table knows it. */
export function helpText({ title, program }: StandIn, { flags, grammar }: FlagTable): string {
  const usage = grammar === "click"
    ? `Usage: ${program} serve [OPTIONS] MODEL\n\n  ${title}`
    : `usage: ${program} serve [-h] ...\n\n${title}`;
  const lines = flags.flatMap((flag) => [
    `  ${invocation(flag, grammar)}`,
    ...(flag.default === undefined ? [] : [`${" ".repeat(34)}${shownDefault(flag, grammar)}`]),
  ]);
  return [usage, "", grammar === "click" ? "Options:" : "options:", ...lines].join("\n");
}

function invocation(flag: Flag, grammar: FlagTable["grammar"]): string {
  const names = allNames(flag).filter((name) => !/^--no-(enable|disable)-/.test(name));
  const all = names.length === flag.names.length ? allNames(flag) : names;
  if (flag.nargs === 0) return all.join(", ");
  if (grammar === "click") {
    return `${all.join(", ")} ${flag.choices ? `[${flag.choices.join("|")}]` : "TEXT"}`;
  }
  const word = flag.names[0]!.replace(/^-+/, "").replaceAll("-", "_").toUpperCase();
  const value = flag.choices ? `{${flag.choices.join(",")}}` : word;
  const { nargs } = flag;
  const form = {
    1: value,
    "?": `[${value}]`,
    "+": `${value} [${value} ...]`,
    "*": `[${value} ...]`,
  };
  return `${all.join(", ")} ${form[nargs]}`;
}

function shownDefault({ default: value }: Flag, grammar: FlagTable["grammar"]): string {
  return grammar === "click" ? `[default: ${value}]` : `(default: ${value})`;
}

/** What the real parser prints before it exits with 2; null for a command line in order. */
export function parserError(
  { program }: StandIn,
  args: readonly string[],
  { misuses }: CommandLine,
): string | null {
  if (misuses.length === 0) return null;
  if (program === "trtllm-serve") return clickError(program, misuses[0]!);
  const fatal = misuses.find(({ kind }) => kind !== "unknown" && kind !== "stray");
  if (fatal) {
    return `usage: ${program} serve [-h] ...\n${program} serve: error: ${argparseError(fatal)}`;
  }
  const unknown = misuses.flatMap((misuse) =>
    misuse.kind === "unknown" ? [args[misuse.index]!, ...misuse.rest] : [misuse.given]
  );
  // vLLM's main parser complains, SGLang's own.
  const by = program === "vllm" ? "vllm" : `${program} serve`;
  return `usage: ${by} [-h] ...\n${by}: error: unrecognized arguments: ${unknown.join(" ")}`;
}

function argparseError(misuse: Misuse): string {
  const argument = "flag" in misuse ? `argument ${misuse.flag.names.join("/")}` : "";
  switch (misuse.kind) {
    case "ambiguous":
      return `ambiguous option: ${misuse.given} could match ${misuse.matches.join(", ")}`;
    case "no value":
      return `${argument}: expected ${misuse.flag.nargs === 1 ? "one" : "at least one"} argument`;
    case "needless value":
      return `${argument}: ignored explicit argument '${misuse.value}'`;
    case "not a choice": {
      const choices = misuse.flag.choices!.map((choice) => `'${choice}'`).join(", ");
      return `${argument}: invalid choice: '${misuse.value}' (choose from ${choices})`;
    }
    default:
      return `unrecognized arguments: ${misuse.given}`;
  }
}

function clickError(program: string, misuse: Misuse): string {
  const usage =
    `Usage: ${program} serve [OPTIONS] MODEL\nTry '${program} serve --help' for help.\n`;
  return `${usage}\nError: ${clickSentence(misuse)}`;
}

function clickSentence(misuse: Misuse): string {
  const { given } = misuse;
  switch (misuse.kind) {
    case "no value":
      return `Option '${given}' requires an argument.`;
    case "needless value":
      return `Option '${given}' does not take a value.`;
    case "not a choice": {
      const choices = misuse.flag.choices!.map((choice) => `'${choice}'`).join(", ");
      return `Invalid value for '${given}': '${misuse.value}' is not one of ${choices}.`;
    }
    case "stray":
      return `Got unexpected extra argument (${given})`;
    default:
      return `No such option: ${given}`;
  }
}

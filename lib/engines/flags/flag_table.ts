/** The flags of one version of an engine's program. */

/** How many values a flag takes, as Python's argparse writes it; 0 is a switch. */
export type Nargs = 0 | 1 | "?" | "+" | "*";

export interface Flag {
  /** All its names, with their dashes; the one that its help names first comes first. */
  names: string[];
  /** Names that switch it off. */
  negative?: string[];
  nargs: Nargs;
  /** The only values it takes; absent where it takes any. */
  choices?: string[];
  /** As the help words it. */
  default?: string;
}

/**
 * How a command line is read: `argparse` also takes unambiguous beginnings of names, `vllm` besides
 * `_` for `-` and `--flag.key value` for JSON, `click` whole names only.
 */
export type Grammar = "argparse" | "vllm" | "click";

export interface FlagTable {
  /** e.g. `vllm 0.33.0`. */
  program: string;
  grammar: Grammar;
  /** Where the flags come from, for people, e.g. `its own --help`. */
  source: string;
  /** False where it only resembles what is to be launched, so that a miss proves nothing. */
  exact: boolean;
  flags: Flag[];
}

/** Every name of a flag, those that switch it off included. */
export function allNames(flag: Flag): string[] {
  return [...flag.names, ...flag.negative ?? []];
}

/**
 * A flag whose `names` are told apart: those that switch it off say so of the first one. vLLM from
 * 0.33.0 takes `--no-enable-x` beside `--disable-x` and does not show it.
 */
export function withNegatives(names: string[], rest: Omit<Flag, "names" | "negative">): Flag {
  const [first] = names as [string, ...string[]];
  const [no, opposite] = [`--no-${first.slice(2)}`, oppositeOf(first)];
  const negates = (name: string) => rest.nargs === 0 && (name === no || name === opposite);
  const negative = names.filter(negates);
  if (negative.length === 1 && negative[0] === opposite) negative.push(no);
  const positive = names.filter((name) => !negates(name));
  return { names: positive, ...(negative.length > 0 ? { negative } : {}), ...rest };
}

function oppositeOf(name: string): string | null {
  const [, word, stem] = name.match(/^--(enable|disable)-(.+)$/) ?? [];
  if (word === undefined) return null;
  return `--${word === "enable" ? "disable" : "enable"}-${stem}`;
}

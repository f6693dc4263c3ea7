/** The value of a flag in a command line that was written by hand. */

/** Text; `true` for a flag without one; null where it does not stand. */
export type FlagValue = string | true | null;

/** The last of `names` that stands in `args`, as `--flag value` or `--flag=value`; `-` and `_` are alike. */
export function valueOf(args: readonly string[], names: readonly string[]): FlagValue {
  const wanted = names.map(spelled);
  for (let i = args.length - 1; i >= 0; i--) {
    const [flag, ...inline] = args[i]!.split("=") as [string, ...string[]];
    if (!flag.startsWith("-") || !wanted.includes(spelled(flag))) continue;
    if (inline.length > 0) return inline.join("=");
    const next = args[i + 1];
    return next === undefined || /^-[^\d]/.test(next) ? true : next;
  }
  return null;
}

const spelled = (flag: string) => flag.replaceAll("_", "-");

/** The same as a number above 0; null where it is none. `4k` and `4K` are 4,000 and 4,096, as vLLM reads them. */
export function numberOf(args: readonly string[], names: readonly string[]): number | null {
  const value = valueOf(args, names);
  const found = typeof value === "string" ? value.match(/^(\d+(?:\.\d+)?|\.\d+)([kKmM]?)$/) : null;
  if (!found) return null;
  const number = Number(found[1]) * UNITS[found[2]!]!;
  return number > 0 ? number : null;
}

const UNITS: Record<string, number> = { "": 1, k: 1e3, K: 1024, m: 1e6, M: 1024 ** 2 };

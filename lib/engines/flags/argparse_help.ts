/** Reads flags out of what a Python program prints for `--help`. */
import { type Flag, type Nargs, withNegatives } from "./flag_table.ts";

/**
 * The flags in a help text of argparse, with the value's name after each name (Python up to 3.12)
 * or after the last one only. A list in braces closes the choice; `['a', 'b']` is vLLM's way to
 * suggest some values of many.
 */
export function readArgparseHelp(help: string): Flag[] {
  return paragraphs(help).map(({ invocation, description }) => {
    const names = [...invocation.matchAll(/(?<=^|, )--?[A-Za-z][\w.-]*/g)].map(([name]) => name);
    const value = valueOf(invocation);
    const nargs = nargsOf(value);
    const shown = description.match(/.*\(default: (.*?)\)(?: |$)/)?.[1];
    return withNegatives(names, {
      nargs,
      ...choicesOf(value),
      ...(shown === undefined || shown === "None" ? {} : { default: shown }),
    });
  });
}

/** The flags in a help text of click. */
export function readClickHelp(help: string): Flag[] {
  return paragraphs(help).map(({ invocation, description }) => {
    const names = [...invocation.matchAll(/(?<=^|, | \/ )--?[A-Za-z][\w-]*/g)].map(([name]) =>
      name
    );
    const value = invocation.match(/ ([A-Z<[].*)$/)?.[1] ?? "";
    const choices = value.match(/^\[(.+)\]$/)?.[1]?.split("|");
    const shown = description.match(/\[(?:.*; ?)?default: ([^\];]+)/)?.[1];
    return withNegatives(names, {
      nargs: value === "" ? 0 : 1,
      ...(choices ? { choices } : {}),
      ...(shown === undefined ? {} : { default: shown.replace(/^\((.*)\)$/, "$1") }),
    });
  });
}

interface Paragraph {
  invocation: string;
  description: string;
}

/** What stands under each flag; both libraries indent the flags by two spaces and all else more. */
function paragraphs(help: string): Paragraph[] {
  const found: Paragraph[] = [];
  let open: Paragraph | null = null;
  for (const line of help.split("\n")) {
    if (/^ {2}--?[A-Za-z]/.test(line)) {
      const [invocation = "", ...rest] = line.slice(2).split(/ {2,}/);
      found.push(open = { invocation, description: rest.join(" ") });
    } else if (open && /^ {4,}\S/.test(line)) {
      open.description += ` ${line.trim()}`;
    } else if (line.trim() !== "") {
      open = null;
    }
  }
  return found;
}

/** What follows the last name: `N`, `{a,b}`, `N [N ...]`; empty for a switch. */
function valueOf(invocation: string): string {
  const last = invocation.match(/(?:^|, )--?[A-Za-z][\w.-]*(?: (.*))?$/s);
  // Choices may hold ", ", after which nothing looks like a flag.
  return last?.[1]?.replace(/^.*, --?[A-Za-z][\w.-]* /s, "") ?? "";
}

function nargsOf(value: string): Nargs {
  if (value === "") return 0;
  if (/^\[.* \.\.\.\]$/.test(value)) return "*";
  if (/ \[.* \.\.\.\]$/.test(value)) return "+";
  return /^\[[^'].*\]$/.test(value) ? "?" : 1;
}

function choicesOf(value: string): { choices?: string[] } {
  const listed = value.match(/^\[?\{([^}]*)\}(?:\]?$| \[| \.\.\.\]$)/)?.[1];
  return listed === undefined ? {} : { choices: listed.split(",") };
}

/** What zod found wrong, in plain words, at its place in the file. */
import type { z } from "zod";
import { cutText } from "./cut_text.ts";
import { keysAt, nearest } from "./known_keys.ts";
import type { Path, Source } from "./yaml_source.ts";

type Issue = z.core.$ZodIssue;

/**
 * One line for each problem, `file:line:col path: what was expected and what was seen`, in the order
 * of the file. With the `schema` that was tried, unknown keys get "did you mean". Where the file's
 * value was translated before it was checked, pass `{ ...source, value: translated }`.
 */
export function zodProblems(error: z.ZodError, source: Source, schema?: z.ZodType): string[] {
  const problems = error.issues.flatMap((issue) => problemsOf(issue, source, schema));
  const placed = problems.map((problem) => ({
    ...problem,
    ...source.position(problem.path, problem.at),
  }));
  placed.sort((a, b) => a.line - b.line || a.col - b.col);
  return placed.map(({ line, col, path, message }) => {
    const name = pathText(path);
    return `${source.file}:${line}:${col} ${name === "" ? "" : `${name}: `}${message}`;
  });
}

interface Problem {
  path: Path;
  at: "value" | "key";
  message: string;
}

function problemsOf(raw: Issue, source: Source, schema?: z.ZodType): Problem[] {
  const issue = inmost(raw);
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") {
    const known = schema ? keysAt(schema, source.value, path) : [];
    return issue.keys.map((key) => ({
      path: [...path, key],
      at: "key",
      message: `unknown key${suggestion(key, known)}`,
    }));
  }
  const seen = valueAt(source.value, path);
  if (issue.code === "invalid_key") {
    const reason = issue.issues[0]?.message ?? issue.message;
    return [{ path, at: "key", message: `${reason}, got ${shown(path.at(-1))}` }];
  }
  if (seen === undefined) {
    return [{ path, at: "value", message: `missing; expected ${expectation(issue)}` }];
  }
  const message = issue.code !== "custom" || issue.message.startsWith("expected ")
    ? `expected ${expectation(issue)}, got ${shown(seen)}${advice(issue, seen)}`
    : issue.message;
  return [{ path, at: "value", message }];
}

/** For a union, the issues of the branch that the value comes nearest to, if one goes deeper. */
function inmost(issue: Issue): Issue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const deep = issue.errors.find((branch) => branch.length > 0 && branch.every(isInside));
  if (!deep) return issue;
  const inner = deep[0]!;
  return inmost({ ...inner, path: [...issue.path, ...inner.path] });
}

function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === "unrecognized_keys";
}

const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys to values",
  record: "a mapping of names to entries",
};

/** The words after "expected". */
function expectation(issue: Issue): string {
  if (issue.message.startsWith("expected ")) return issue.message.slice("expected ".length);
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return choices(issue.values);
    case "invalid_union": {
      const options = (issue as { options?: unknown[] }).options;
      if (options) return choices(options);
      return issue.errors.map((branch) => expectation(branch[0]!)).join(", or ");
    }
    case "too_small":
      return amount(
        issue.inclusive === false ? "more than" : "at least",
        issue.minimum,
        issue.origin,
      );
    case "too_big":
      return amount(
        issue.inclusive === false ? "less than" : "at most",
        issue.maximum,
        issue.origin,
      );
    default:
      return issue.message;
  }
}

function amount(words: string, limit: number | bigint, origin: string): string {
  if (origin === "string" && Number(limit) === 1 && words === "at least") {
    return "text that is not empty";
  }
  const unit = origin === "string" ? " characters" : origin === "array" ? " entries" : "";
  const one = Number(limit) === 1 && unit !== "";
  return `${words} ${limit}${one ? unit.replace("ies", "y").replace(/s$/, "") : unit}`;
}

function choices(values: readonly unknown[]): string {
  const list = values.map((value) => JSON.stringify(value));
  return list.length === 1 ? list[0]! : `one of ${list.join(", ")}`;
}

function advice(issue: Issue, seen: unknown): string {
  if (issue.code === "invalid_type" && issue.expected === "string") {
    return typeof seen === "number" || typeof seen === "boolean" ? "; put it in quotes" : "";
  }
  const values = issue.code === "invalid_value"
    ? issue.values
    : (issue as { options?: unknown[] }).options ?? [];
  const near = typeof seen === "string" ? nearest(seen, values.map(String)) : null;
  return near ? `; did you mean "${near}"?` : "";
}

function suggestion(key: string, known: string[]): string {
  const near = nearest(key, known);
  if (near) return `; did you mean "${near}"?`;
  return known.length > 0 ? `; known here: ${known.join(", ")}` : "; remove it";
}

function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") {
    return Object.keys(value!).length === 0 ? "an empty mapping" : "a mapping";
  }
  return cutText(JSON.stringify(value), 60);
}

/** The part of `value` at `path`, undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(
    (inner: unknown, part) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string, unknown>)[part]
        : undefined,
    value,
  );
}

/** `engines.v.extra_args[0]`. */
export function pathText(path: Path): string {
  return path.map((part, i) => typeof part === "number" ? `[${part}]` : i > 0 ? `.${part}` : part)
    .join("");
}

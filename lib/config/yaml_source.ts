/** A YAML or JSON file with its positions, so that each problem can say file:line:col. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, Pair } from "yaml";

export type Path = (string | number)[];

/** One or more things wrong with what the user wrote; the message is the problems, a line each. */
export class ConfigError extends Error {
  override name = "ConfigError";
  constructor(readonly problems: string[]) {
    super(problems.join("\n"));
  }
}

/** A parsed file. `value` is plain data; keys of mappings are text. */
export interface Source {
  file: string;
  value: unknown;
  /**
   * Where the value at `path` begins, or with `"key"` where its key does. What is not in the file is
   * placed at the key of its nearest ancestor that is. Lines and columns count from 1.
   */
  position(path: Path, at?: "value" | "key"): { line: number; col: number };
  /** The same as `file:line:col`. */
  locate(path: Path, at?: "value" | "key"): string;
}

/**
 * The text of a file, without a byte order mark.
 * Throws ConfigError when it is missing, a folder, empty, unreadable or not UTF-8.
 */
export function readSource(path: string): { path: string; text: string } {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    throw new ConfigError([`${path}: ${readFailure(error)}`]);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError([`${path}: not UTF-8 text; save it as UTF-8`]);
  }
  if (text.trim() === "") throw new ConfigError([emptyProblem(path)]);
  return { path, text };
}

/**
 * Parses YAML, or strict JSON where the file's name ends in `.json`.
 * Throws ConfigError with every syntax error and every key that stands twice.
 */
export function parseSource(text: string, file: string): Source {
  const lineCounter = new LineCounter();
  const doc = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number) => lineCounter.linePos(Math.max(0, offset));
  const place = (offset: number) => `${file}:${at(offset).line}:${at(offset).col}`;

  const broken = file.endsWith(".json") ? jsonProblem(text) : null;
  if (broken) throw new ConfigError([`${place(broken.offset)} ${broken.message}`]);
  const errors = [...doc.errors, ...doc.warnings];
  if (errors.length > 0) {
    throw new ConfigError(errors.map((e) => `${place(e.pos[0])} ${yamlMessage(e, text)}`));
  }
  if (doc.contents === null) throw new ConfigError([emptyProblem(file)]);

  const position = (path: Path, which: "value" | "key" = "value") => at(offsetOf(doc, path, which));
  return {
    file,
    value: plainValue(doc, place),
    position,
    locate(path, which) {
      const { line, col } = position(path, which);
      return `${file}:${line}:${col}`;
    },
  };
}

function readFailure(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file; check the path";
  if (error instanceof Deno.errors.IsADirectory) return "a folder; give the file in it";
  const reason = error instanceof Error ? error.message : String(error);
  return /is a directory/i.test(reason)
    ? "a folder; give the file in it"
    : `cannot be read (${reason}); check its permissions`;
}

function emptyProblem(file: string): string {
  return `${file}: there is nothing in this file; start from one in configs/`;
}

function yamlMessage(
  error: { code: string; message: string; pos: [number, number] },
  text: string,
) {
  if (error.code === "MULTIPLE_DOCS") return "a second document begins here; keep one a file";
  if (error.code !== "DUPLICATE_KEY") return lowerFirst(error.message);
  const key = text.slice(error.pos[0]).match(/^"(?:[^"\\]|\\.)*"|^'[^']*'|^[^:\s]+/)?.[0] ?? "";
  return `the key ${key} stands twice in one mapping; keep one of them`;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}

/** YAML forgives what JSON does not, so that bare words would pass as text. */
function jsonProblem(text: string): { offset: number; message: string } | null {
  const reason = jsonError(text);
  if (reason === null) return null;
  const said = reason.replace(/ (in JSON )?at position .*$/s, "").replace(/, (\.\.\.)?".*$/s, "");
  return { offset: firstBadOffset(text), message: `not JSON: ${lowerFirst(said)}` };
}

/** The longest beginning of `text` that is wrong only in that it ends; V8 does not always say. */
function firstBadOffset(text: string): number {
  let [good, bad] = [0, text.length];
  while (good < bad) {
    const middle = Math.ceil((good + bad) / 2);
    const reason = jsonError(text.slice(0, middle));
    const endsEarly = reason === null || /end of JSON input|^Unterminated/.test(reason) ||
      Number(reason.match(/at position (\d+)/)?.[1] ?? -1) === middle;
    if (endsEarly) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function jsonError(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

function plainValue(doc: Document, place: (offset: number) => string): unknown {
  const lost: string[] = [];
  visit(doc, {
    Alias(_, alias) {
      if (alias.resolve(doc)) return;
      lost.push(`${place(startOf(alias) ?? 0)} *${alias.source} names no anchor before it`);
    },
  });
  if (lost.length > 0) throw new ConfigError(lost);
  try {
    return doc.toJS();
  } catch (error) {
    throw new ConfigError([`${place(0)} ${lowerFirst((error as Error).message)}`]);
  }
}

/** Offset of what `path` names; walks the syntax tree, as keys there may be numbers or aliases. */
function offsetOf(doc: Document, path: Path, which: "value" | "key"): number {
  let node: Node | null = doc.contents as Node | null;
  let place = node?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    const last = depth === path.length - 1;
    if (isAlias(node)) node = node.resolve(doc) ?? null;
    if (isSeq(node)) {
      node = (node.items[Number(part)] as Node | undefined) ?? null;
      if (!node) return place;
      place = node.range?.[0] ?? place;
    } else if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((each) => keyText(each.key) === String(part));
      if (!pair) return place;
      place = startOf(pair.key) ?? place;
      node = pair.value as Node | null;
      if (last && which === "value" && !isNothing(node)) place = startOf(node) ?? place;
    } else {
      return place;
    }
  }
  return place;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** `key:` with no value after it has no place of its own. */
function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === "");
}

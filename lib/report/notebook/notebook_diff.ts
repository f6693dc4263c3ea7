/** Where the outputs of a fresh run differ from the committed ones, in words. */
import { type Cell, codeCells, type Output } from "./notebook_file.ts";

const EXCERPT_CHARACTERS = 120;

/**
 * One line a cell that differs: `cell 3 output 1 text/plain line 2: committed "a", now "b"`. The
 * bytes of PNG images are not compared, as they depend on the machine; that one is there is.
 */
export function compareOutputs(committed: Cell[], fresh: Cell[]): string[] {
  const now = codeCells(fresh);
  return codeCells(committed).flatMap(({ cell, number }, i) => {
    const difference = compareCells(cell.outputs, now[i]?.cell.outputs ?? []);
    return difference === null ? [] : [`cell ${number} ${difference}`];
  });
}

function compareCells(committed: Output[], fresh: Output[]): string | null {
  const count = Math.max(committed.length, fresh.length);
  for (let i = 0; i < count; i++) {
    const before = fieldsOf(committed[i]);
    const now = fieldsOf(fresh[i]);
    for (const name of new Set([...before.keys(), ...now.keys()])) {
      const difference = compareTexts(before.get(name), now.get(name));
      if (difference !== null) return `output ${i + 1} ${name}${difference}`;
    }
  }
  return null;
}

/** An output as named texts; of a PNG only that it exists. */
function fieldsOf(output: Output | undefined): Map<string, string> {
  const fields = new Map<string, string>();
  if (output === undefined) return fields;
  if (output.output_type === "stream") return fields.set(`stream ${output.name}`, output.text);
  if (output.output_type === "error") {
    return fields.set("error", `${output.ename}: ${output.evalue}`);
  }
  for (const [mime, value] of Object.entries(output.data)) {
    fields.set(mime, mime === "image/png" ? "an image" : asText(value));
  }
  if (Object.keys(output.metadata).length > 0) fields.set("metadata", asText(output.metadata));
  return fields.set("type", output.output_type);
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function compareTexts(before: string | undefined, now: string | undefined): string | null {
  if (before === now) return null;
  if (before === undefined) return ` is new: ${excerpt(now!)}`;
  if (now === undefined) return ` is gone: it was ${excerpt(before)}`;
  const beforeLines = before.split("\n");
  const nowLines = now.split("\n");
  const i = beforeLines.findIndex((line, i) => line !== nowLines[i]);
  const at = i < 0 ? beforeLines.length : i;
  const committed = at < beforeLines.length ? excerpt(beforeLines[at]!) : "no such line";
  const current = at < nowLines.length ? excerpt(nowLines[at]!) : "no such line";
  return ` line ${at + 1}: committed ${committed}, now ${current}`;
}

function excerpt(text: string): string {
  return JSON.stringify(text.slice(0, EXCERPT_CHARACTERS));
}

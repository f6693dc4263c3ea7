/** The keys that a zod schema knows at a place, and the one that a misspelt key most likely meant. */
import { z } from "zod";

/** Keys that the object at `path` of `value` may have; empty where any key may stand. */
export function keysAt(schema: z.ZodType, value: unknown, path: (string | number)[]): string[] {
  const here = unwrap(schema, value);
  const [part, ...rest] = path;
  if (part === undefined) return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
  const inner = here instanceof z.ZodObject
    ? here.shape[part]
    : here instanceof z.ZodRecord
    ? here.valueType
    : here instanceof z.ZodArray
    ? here.element
    : undefined;
  const below = (value as Record<string, unknown> | null | undefined)?.[part];
  return inner ? keysAt(inner as z.ZodType, below, rest) : [];
}

/** The schema under defaults and options, and the member of a union that `value` belongs to. */
function unwrap(schema: z.ZodType, value: unknown): z.ZodType {
  if (
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.def.innerType as z.ZodType, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    const tag = (value as Record<string, unknown> | null | undefined)?.[discriminator];
    const member = (schema.options as z.ZodObject[]).find((option) =>
      option.shape[discriminator]?.safeParse(tag).success
    );
    return member ? unwrap(member, value) : schema;
  }
  if (schema instanceof z.ZodUnion) {
    const members = schema.options as z.ZodType[];
    return members.find((option) => unwrap(option, value) instanceof z.ZodObject) ?? schema;
  }
  return schema;
}

/**
 * The known word nearest to `word`, or null if none is near: at most one edit for each three
 * characters, an edit being a letter put in, left out, replaced, or swapped with its neighbour.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { name: string; edits: number } | null = null;
  for (const name of known) {
    const edits = editDistance(word.toLowerCase(), name.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.max(word.length, name.length) / 3));
    if (edits <= allowed && edits < (best?.edits ?? Infinity)) best = { name, edits };
  }
  return best?.name ?? null;
}

/** Edits between two words, with swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + +!same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

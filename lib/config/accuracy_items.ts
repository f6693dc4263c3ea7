/** Questions with short answers by which the entries of a model are held to each other. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Message } from "./prompts.ts";
import { ConfigError, parseSource, readSource } from "./yaml_source.ts";
import { zodProblems } from "./zod_problems.ts";

/** One question, after examples of its form that show how short the answer is to be. */
export interface AccuracyItem {
  /** Form and place in it, from 0: `capitals/3`. */
  item_id: string;
  messages: Message[];
  /** Any of them is right. */
  answers: string[];
}

export interface AccuracySet {
  items: AccuracyItem[];
  sha256: string;
}

const text = z.string().min(1);
const form = z.strictObject({
  /** Question and answer. */
  examples: z.array(z.tuple([text, text])).min(1),
  /** Question and the answers that are right. */
  items: z.array(z.tuple([text, z.array(text).min(1)])).min(1),
});
const file = z.strictObject({ forms: z.record(z.string(), form) });

const SHIPPED = join(import.meta.dirname!, "..", "..", "configs", "accuracy.json");

/** Reads a set of items; the shipped one if no path is given. Throws `ConfigError`. */
export function readAccuracySet(path = SHIPPED): AccuracySet {
  const { text } = readSource(path);
  const source = parseSource(text, path);
  const parsed = file.safeParse(source.value);
  if (!parsed.success) throw new ConfigError(zodProblems(parsed.error, source));
  const items = Object.entries(parsed.data.forms).flatMap(([name, { examples, items }]) => {
    const before = examples.flatMap(([question, answer]): Message[] => [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ]);
    return items.map(([question, answers], i) => ({
      item_id: `${name}/${i}`,
      messages: [...before, { role: "user" as const, content: question }],
      answers,
    }));
  });
  return { items, sha256: createHash("sha256").update(text).digest("hex") };
}

/** The answer's first line in small letters, without punctuation at its ends and without an article. */
export function normalisedAnswer(text: string): string {
  const line = text.trim().split("\n")[0]!.toLowerCase();
  return line.replaceAll(/[*_`"'“”‘’.,!?:;()]+/g, " ").replaceAll(/\s+/g, " ").trim()
    .replace(/^(the|a|an) /, "");
}

/** Whether the answer is one of the right ones, after both were normalised; nothing else counts. */
export function isRight(answer: string, { answers }: Pick<AccuracyItem, "answers">): boolean {
  const seen = normalisedAnswer(answer);
  return answers.some((right) => normalisedAnswer(right) === seen);
}

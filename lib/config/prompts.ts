/** The prompts file: categories of prompts, each a text, a `{prompt}` or a list of messages. */
import { z } from "zod";
import { ConfigError, parseSource, readSource } from "./yaml_source.ts";
import { zodProblems } from "./zod_problems.ts";

export type Role = "system" | "user" | "assistant";

export interface Message {
  role: Role;
  content: string;
}

export interface Prompt {
  /** Category and place in it, from 0: `short/3`. */
  prompt_id: string;
  category: string;
  messages: Message[];
}

const text = z.string().refine(
  (value) => value.trim() !== "",
  "expected text that is not empty",
);

const message = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: text });

const conversation = z.array(message).min(1).superRefine((messages, context) => {
  const last = messages.length - 1;
  if (last < 0 || messages[last]?.role === "user") return;
  context.addIssue({
    code: "custom",
    path: [last, "role"],
    message: 'expected the last message to be from "user"',
  });
});

const FORMS = 'expected text, {"prompt": text} or a list of {"role", "content"} messages';

/** The form is chosen by the value's type, so that a problem is told for the form that was meant. */
const entry = z.unknown().transform((value, context): Message[] => {
  const form = typeof value === "string"
    ? text.transform(asUser)
    : Array.isArray(value)
    ? conversation
    : typeof value === "object" && value !== null
    ? z.strictObject({ prompt: text }).transform(({ prompt }) => asUser(prompt))
    : null;
  const checked = form?.safeParse(value);
  if (checked?.success) return checked.data;
  const issues = checked?.error.issues ?? [{ code: "custom", path: [], message: FORMS }];
  for (const issue of issues) context.issues.push({ ...issue, input: value } as never);
  return z.NEVER;
});

const promptsSchema = z.record(
  z.string().regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    "a category's name may hold letters, digits, '.', '_' and '-'",
  ),
  z.array(entry).min(1),
  "expected categories: {category: [prompt, …]}",
).refine((categories) => Object.keys(categories).length > 0, "expected at least one category");

/** Reads and checks a prompts file. Throws ConfigError with every problem, each at file:line:col. */
export function readPrompts(path: string): Prompt[] {
  const source = readSource(path);
  return parsePrompts(source.text, path);
}

/** The prompts in `text`, in the file's order; problems name `file`. Throws ConfigError. */
export function parsePrompts(text: string, file: string): Prompt[] {
  const source = parseSource(text, file);
  const checked = promptsSchema.safeParse(source.value);
  if (!checked.success) throw new ConfigError(zodProblems(checked.error, source));
  return Object.entries(checked.data).flatMap(([category, entries]) =>
    entries.map((messages, index) => ({ prompt_id: `${category}/${index}`, category, messages }))
  );
}

function asUser(content: string): Message[] {
  return [{ role: "user", content }];
}

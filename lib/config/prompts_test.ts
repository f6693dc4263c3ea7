import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { parsePrompts, type Prompt, readPrompts } from "./prompts.ts";
import { ConfigError } from "./yaml_source.ts";

const SHIPPED = fileURLToPath(new URL("../../configs/prompts.json", import.meta.url));

const FORMS = 'text, {"prompt": text} or a list of {"role", "content"} messages';

function problemsOf(text: string): string[] {
  try {
    parsePrompts(text, "p.json");
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    return error.problems;
  }
  throw new Error("expected a ConfigError, got none");
}

Deno.test("a text, a {prompt} and a list of messages are all prompts", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi 😀" },
    { role: "assistant", content: "Hello." },
    { role: "user", content: "Bye" },
  ];
  const text = JSON.stringify({ short: ["One?", { prompt: "Two?" }], chat: [messages] });
  assert.deepEqual(parsePrompts(text, "p.json"), [
    { prompt_id: "short/0", category: "short", messages: [{ role: "user", content: "One?" }] },
    { prompt_id: "short/1", category: "short", messages: [{ role: "user", content: "Two?" }] },
    { prompt_id: "chat/0", category: "chat", messages },
  ]);
});

Deno.test("prompts may also be written as YAML", () => {
  assert.deepEqual(parsePrompts("short:\n  - prompt: One?\n", "p.yaml"), [
    { prompt_id: "short/0", category: "short", messages: [{ role: "user", content: "One?" }] },
  ]);
});

Deno.test("another shape at the top is told with what was seen and what is expected", () => {
  assert.deepEqual(problemsOf('["One?"]'), [
    "p.json:1:1 expected categories: {category: [prompt, …]}, got a list",
  ]);
  assert.deepEqual(problemsOf("42"), [
    "p.json:1:1 expected categories: {category: [prompt, …]}, got 42",
  ]);
  assert.deepEqual(problemsOf("{}"), [
    "p.json:1:1 expected at least one category, got an empty mapping",
  ]);
});

Deno.test("a category must be a list of at least one prompt and have a plain name", () => {
  assert.deepEqual(problemsOf('{"short": [],\n "long": "One?",\n "a/b": ["Two?"]}'), [
    "p.json:1:11 short: expected at least 1 entry, got an empty list",
    'p.json:2:10 long: expected a list, got "One?"',
    "p.json:3:2 a/b: a category's name may hold letters, digits, '.', '_' and '-', got \"a/b\"",
  ]);
});

Deno.test("all problems come at once, each at its place", () => {
  const text = `{"mix": [
    3,
    "",
    null,
    {"promt": "x"},
    [],
    [{"role": "human", "content": "x"}],
    [{"role": "user", "content": "x"},
     {"role": "assistant", "content": " "}],
    ["x"],
    [{"role": "user"}],
    [{"role": "user", "content": ["x"]}],
    "fine"
  ]}`;
  assert.deepEqual(problemsOf(text), [
    `p.json:2:5 mix[0]: expected ${FORMS}, got 3`,
    'p.json:3:5 mix[1]: expected text that is not empty, got ""',
    `p.json:4:5 mix[2]: expected ${FORMS}, got nothing`,
    "p.json:5:5 mix[3].prompt: missing; expected text",
    "p.json:5:6 mix[3].promt: unknown key; remove it",
    "p.json:6:5 mix[4]: expected at least 1 entry, got an empty list",
    'p.json:7:15 mix[5][0].role: expected one of "system", "user", "assistant", got "human"',
    'p.json:9:15 mix[6][1].role: expected the last message to be from "user", got "assistant"',
    'p.json:9:39 mix[6][1].content: expected text that is not empty, got " "',
    'p.json:10:6 mix[7][0]: expected a mapping of keys to values, got "x"',
    "p.json:11:6 mix[8][0].content: missing; expected text",
    "p.json:12:34 mix[9][0].content: expected text, got a list",
  ]);
});

Deno.test("broken JSON and a category that stands twice are told with their place", () => {
  assert.deepEqual(problemsOf('{"short": ["One?"\n "Two?"]}'), [
    "p.json:2:2 not JSON: expected ',' or ']' after array element",
  ]);
  assert.deepEqual(problemsOf('{"short": ["One?"],\n "short": ["Two?"]}'), [
    'p.json:2:2 the key "short" stands twice in one mapping; keep one of them',
  ]);
});

Deno.test("a missing prompts file is named", () => {
  assert.throws(() => readPrompts("no/such/prompts.json"), {
    name: "ConfigError",
    message: "no/such/prompts.json: no such file; check the path",
  });
});

const words = (prompt: Prompt) =>
  prompt.messages.map(({ content }) => content).join(" ").split(/\s+/).length;

Deno.test("the prompts that come with the project fill each category, all different", () => {
  const prompts = readPrompts(SHIPPED);
  const byCategory = Object.groupBy(prompts, ({ category }) => category);
  assert.deepEqual(Object.keys(byCategory), [
    "short",
    "medium",
    "long",
    "code",
    "reasoning",
    "chat",
  ]);
  for (const entries of Object.values(byCategory)) assert(entries!.length >= 8);
  assert.equal(
    new Set(prompts.map(({ messages }) => JSON.stringify(messages))).size,
    prompts.length,
  );
  assert(byCategory["short"]!.every((prompt) => words(prompt) <= 12));
  assert(byCategory["medium"]!.every((prompt) => words(prompt) >= 40 && words(prompt) <= 90));
  assert(byCategory["long"]!.every((prompt) => words(prompt) >= 360 && words(prompt) <= 700));
  assert(byCategory["chat"]!.some(({ messages }) => messages.length >= 5));
});

Deno.test("the prompts that come with the project use all three forms", () => {
  const file: Record<string, unknown[]> = JSON.parse(Deno.readTextFileSync(SHIPPED));
  const forms = Object.values(file).flat().map((entry) =>
    Array.isArray(entry) ? "messages" : typeof entry
  );
  assert.deepEqual([...new Set(forms)].sort(), ["messages", "object", "string"]);
});

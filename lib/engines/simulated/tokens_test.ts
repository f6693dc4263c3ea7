import assert from "node:assert/strict";
import {
  answerTokens,
  countChatTokens,
  countPromptTokens,
  Detokenizer,
  naturalLength,
} from "./tokens.ts";

function firstTokens(seed: number, prompt: string, count: number): Uint8Array[] {
  const tokens = answerTokens(seed, prompt);
  return Array.from({ length: count }, () => tokens.next().value);
}

function textOf(tokens: Uint8Array[]): string[] {
  const detokenizer = new Detokenizer();
  return tokens.map((token, index) => detokenizer.text(token, index === tokens.length - 1));
}

Deno.test("prompt tokens are pieces of words, numbers and single marks", () => {
  assert.equal(countPromptTokens("Hello, world!"), 4);
  assert.equal(countPromptTokens("incomprehensible 2026"), 3);
  assert.equal(countPromptTokens("Größe: 猫"), 3);
  assert.equal(countPromptTokens(""), 0);
});

Deno.test("a chat's template counts four tokens a message and three once", () => {
  const user = { role: "user", content: "Hello, world!" };
  assert.equal(countChatTokens([user]), 11);
  assert.equal(countChatTokens([user, user]), 19);
});

Deno.test("answers depend on the seed and the prompt alone", () => {
  const text = (seed: number, prompt: string) => textOf(firstTokens(seed, prompt, 50)).join("");
  assert.equal(text(1, "a"), text(1, "a"));
  assert.notEqual(text(1, "a"), text(2, "a"));
  assert.notEqual(text(1, "a"), text(1, "b"));
  assert.equal(naturalLength(1, "a"), naturalLength(1, "a"));
});

Deno.test("an answer begins by saying that it is simulated", () => {
  assert.equal(textOf(firstTokens(1, "a", 2))[0], "Simulated");
});

Deno.test("natural lengths have a mean of 200 tokens and are at least 1", () => {
  const lengths = Array.from({ length: 2000 }, (_, index) => naturalLength(1, `prompt ${index}`));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  // The standard error of the mean of an exponential is 200 / √2000 = 4.5.
  assert.ok(Math.abs(mean - 200) < 18, `mean ${mean}`);
  assert.ok(Math.min(...lengths) >= 1);
});

Deno.test("text is held back while a character is unfinished, and none is lost", () => {
  const tokens = firstTokens(1, "a", 400);
  const texts = textOf(tokens);
  const empty = texts.filter((text) => text === "").length;
  assert.ok(empty > 10, `${empty} tokens without text`);
  const bytes = tokens.flatMap((token) => [...token]);
  assert.equal(texts.join(""), new TextDecoder().decode(new Uint8Array(bytes)));
});

Deno.test("a character that the last token leaves unfinished becomes U+FFFD", () => {
  const cat = new TextEncoder().encode("猫");
  const detokenizer = new Detokenizer();
  assert.equal(detokenizer.text(cat.subarray(0, 1), false), "");
  assert.equal(detokenizer.text(cat.subarray(1, 2), true), "\ufffd");
});

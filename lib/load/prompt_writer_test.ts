import assert from "node:assert/strict";
import { join } from "node:path";
import { randomFrom } from "@/config/seeds.ts";
import { folderCounter } from "@/engines/tokenizer/model_folder.ts";
import type { TokenCounter } from "@/engines/tokenizer/token_counter.ts";
import { PromptWriter } from "./prompt_writer.ts";

const SMALL = folderCounter(
  join(import.meta.dirname!, "..", "engines", "tokenizer", "testdata", "small-bpe"),
);

const user = (content: string) => [{ role: "user", content }];

Deno.test("a prompt takes exactly the tokens that were asked for, chat and completions", async () => {
  const writer = await PromptWriter.using(SMALL);
  for (const api of ["chat", "completions"] as const) {
    const shortest = await writer.shortest(api);
    for (const tokens of [shortest, shortest + 1, 16, 31, 32, 33, 257, 1500]) {
      const text = await writer.prompt(tokens, api, randomFrom(api, tokens));
      assert.equal(await SMALL.count(user(text), api), tokens);
    }
  }
});

Deno.test("what stands around a text is counted: a template, a token before the text", async () => {
  const writer = await PromptWriter.using(SMALL);
  assert.equal(await writer.overhead("completions"), 1);
  assert.equal(await writer.overhead("chat"), 4);
});

Deno.test("a prompt below the template's own length is refused with the least that works", async () => {
  const writer = await PromptWriter.using(SMALL);
  await assert.rejects(
    writer.prompt(4, "chat", Math.random),
    /a prompt of 4 tokens .*template alone takes 4; ask for at least 5, or use `api: completions`/,
  );
});

Deno.test("a prompt goes on from a given beginning", async () => {
  const writer = await PromptWriter.using(SMALL);
  const prefix = await writer.prompt(40, "chat", randomFrom("prefix"));
  const text = await writer.prompt(60, "chat", randomFrom("suffix"), prefix);
  assert(text.startsWith(`${prefix} `));
  assert.equal(await SMALL.count(user(text), "chat"), 60);
});

Deno.test("a later turn's text is counted without anything around it", async () => {
  const writer = await PromptWriter.using(SMALL);
  const text = await writer.text(25, randomFrom("turn"));
  assert.equal(await SMALL.count(user(text), "completions"), 25 + 1);
});

Deno.test("with a tokenizer that splits every word, lengths are found by trying", async () => {
  const characters: TokenCounter = {
    about: "a token for each two characters",
    count: ([message]) => Math.ceil(message!.content.length / 2),
  };
  const writer = await PromptWriter.using(characters);
  for (const tokens of [9, 50, 333, 1500]) {
    const text = await writer.prompt(tokens, "completions", randomFrom("split", tokens));
    assert.equal(await characters.count(user(text), "completions"), tokens);
  }
});

Deno.test("a length that no text has ends with an error instead of going on", async () => {
  const even: TokenCounter = {
    about: "an even number of tokens for every text",
    count: ([message]) => 2 * message!.content.split(" ").length,
  };
  const writer = await PromptWriter.using(even);
  await assert.rejects(writer.prompt(51, "completions", randomFrom("odd")), /no text of 51 tokens/);
});

Deno.test("the same seed writes the same text, another seed one of its own from the first words on", async () => {
  const writer = await PromptWriter.using(SMALL);
  const texts: string[] = [];
  for (let i = 0; i < 300; i++) {
    texts.push(await writer.prompt(64, "chat", randomFrom("own", i)));
  }
  assert.equal(await writer.prompt(64, "chat", randomFrom("own", 7)), texts[7]);
  // A cache block has 16 tokens or more.
  const blocks = texts.map((text) => text.split(" ").slice(0, 8).join(" "));
  assert.equal(new Set(blocks).size, 300);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { TempFolder } from "@/test_servers/processes.ts";
import { folderCounter } from "./model_folder.ts";

const FOLDER = join(import.meta.dirname!, "testdata", "small-bpe");
const EXPECTED = JSON.parse(
  Deno.readTextFileSync(join(FOLDER, "expected-transformers-5.19.0.json")),
);

Deno.test("texts take the tokens that transformers counts, special tokens included", async () => {
  const counter = folderCounter(FOLDER);
  for (const { text, tokens } of EXPECTED.texts) {
    const messages = [{ role: "user", content: text }];
    assert.equal(await counter.count(messages, "completions"), tokens, JSON.stringify(text));
  }
});

Deno.test("chats take the tokens that transformers counts through the model's template", async () => {
  const counter = folderCounter(FOLDER);
  for (const { messages, tokens } of EXPECTED.chats) {
    assert.equal(await counter.count(messages, "chat"), tokens, JSON.stringify(messages));
  }
});

Deno.test("a template may lie in a file of its own", async () => {
  using temp = new TempFolder();
  copy("tokenizer.json", temp);
  temp.file("tokenizer_config.json", "{}");
  temp.file("chat_template.jinja", "<|user|>{{ messages[0]['content'] }}<|assistant|>");
  const counter = folderCounter(temp.file("."));
  assert.equal(await counter.count([{ role: "user", content: "the" }], "chat"), 3);
});

Deno.test("without a template chats are refused with what to do, and text is counted", async () => {
  using temp = new TempFolder();
  copy("tokenizer.json", temp);
  temp.file("tokenizer_config.json", "{}");
  const counter = folderCounter(temp.file("."));
  const messages = [{ role: "user", content: "the" }];
  assert.equal(await counter.count(messages, "completions"), 2);
  assert.throws(() => counter.count(messages, "chat"), /no chat template; use `api: completions`/);
});

Deno.test("a folder without a tokenizer is refused with the file and what to do", () => {
  using temp = new TempFolder();
  assert.throws(
    () => folderCounter(temp.file(".")),
    /tokenizer_config\.json: is not there; set `tokenizer` to a folder with tokenizer\.json/,
  );
  temp.file("tokenizer_config.json", "{}");
  temp.file("tokenizer.json", "{broken");
  assert.throws(() => folderCounter(temp.file(".")), /tokenizer\.json: .*JSON.*set `tokenizer`/);
});

function copy(name: string, temp: TempFolder): void {
  temp.file(name, Deno.readTextFileSync(join(FOLDER, name)));
}

import assert from "node:assert/strict";
import { TempFolder } from "@/test_servers/processes.ts";
import { LogFollower } from "./log_follower.ts";
import { logText } from "./log_text.ts";

const append = (path: string, bytes: Uint8Array) =>
  Deno.writeFileSync(path, bytes, { append: true });
const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("a log is given line by line, each once, only when it is whole", () => {
  using folder = new TempFolder();
  const path = folder.file("log");
  const follower = new LogFollower(path);
  assert.deepEqual(follower.newLines(), []);
  append(path, utf8("one\ntw"));
  assert.deepEqual(follower.newLines(), ["one"]);
  append(path, utf8("o\n\n 10 %\r 20 %\r"));
  assert.deepEqual(follower.newLines(), ["two", " 10 %", " 20 %"]);
  assert.deepEqual(follower.newLines(), []);
});

Deno.test("a character whose bytes come in two reads is put together", () => {
  using folder = new TempFolder();
  const path = folder.file("log", "");
  const follower = new LogFollower(path);
  const bytes = utf8("█ done\n");
  append(path, bytes.subarray(0, 1));
  assert.deepEqual(follower.newLines(), []);
  append(path, bytes.subarray(1));
  assert.deepEqual(follower.newLines(), ["█ done"]);
});

Deno.test("more than one read's worth is taken at once", () => {
  using folder = new TempFolder();
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i}`);
  const path = folder.file("log", lines.join("\n") + "\n");
  assert.deepEqual(new LogFollower(path).newLines(), lines);
});

Deno.test("nothing is lost or told twice when the log is cut in between", () => {
  using folder = new TempFolder();
  const path = folder.file("log", "one\ntwo\n");
  const follower = new LogFollower(path);
  assert.deepEqual(follower.newLines(), ["one", "two"]);
  folder.file("log.1", "one\ntwo\nthree\nfo");
  folder.file("log", "ur\n");
  assert.deepEqual(follower.newLines(), ["three", "four"]);
});

Deno.test("a cause is looked for in the start, the part before and the end of a log that was cut", () => {
  using folder = new TempFolder();
  const path = folder.file("log", "end\n");
  folder.file("log.1", "x".repeat(2_000_000) + "\nbefore\n");
  folder.file("log.head", "start\n");
  const text = logText(path)!;
  assert.ok(text.startsWith("start\n") && text.endsWith("\nbefore\nend\n"));
  assert.ok(text.length < 1_100_000);
  assert.equal(logText(folder.file("missing")), null);
});

import assert from "node:assert/strict";
import { Journal, type JournalLine, parseJournal } from "./journal.ts";
import { launchRecord, request, trialRecord } from "./testdata/sample_records.ts";

const LINES: JournalLine[] = [
  { type: "run", state: "started", at: "2026-01-02T03:04:00.000Z" },
  { type: "launch", ...launchRecord() },
  { type: "request", ...request({ error: 'two\nlines, "quoted" and ü 日本' }) },
  { type: "trial", ...trialRecord() },
  { type: "run", state: "finished", at: "2026-01-02T03:05:00.000Z" },
];
const TEXT = LINES.map((line) => JSON.stringify(line) + "\n").join("");

function withFolder(test: (dir: string) => void | Promise<void>) {
  return async () => {
    const dir = Deno.makeTempDirSync();
    try {
      await test(dir);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  };
}

Deno.test(
  "what is appended is read back, over several openings of the file",
  withFolder((dir) => {
    const path = `${dir}/journal.ndjson`;
    for (const part of [LINES.slice(0, 2), LINES.slice(2)]) {
      using journal = new Journal(path);
      for (const line of part) journal.append(line);
      journal.sync();
    }
    const text = Deno.readTextFileSync(path);
    assert.equal(text.split("\n").length, LINES.length + 1);
    assert.deepEqual(parseJournal(text), { lines: LINES, problems: [] });
  }),
);

Deno.test("a last line that was cut short is set aside and named, wherever it was cut", () => {
  const last = JSON.stringify(LINES.at(-1));
  const before = TEXT.slice(0, TEXT.length - last.length - 1);
  for (let length = 1; length < last.length; length++) {
    const { lines, problems } = parseJournal(before + last.slice(0, length));
    assert.deepEqual(lines, LINES.slice(0, -1));
    assert.deepEqual(problems, [
      `journal.ndjson:5: the last line was cut short and is set aside: ${
        last.length > 80 && length > 80 ? `${last.slice(0, 77)}...` : last.slice(0, length)
      }`,
    ]);
  }
});

Deno.test("a whole last line counts even without its line feed", () => {
  assert.deepEqual(parseJournal(TEXT.slice(0, -1)), { lines: LINES, problems: [] });
});

Deno.test("junk between lines is set aside with its place and the rest is read", () => {
  const junk = [
    "\0\0\0\0",
    "not json",
    "3",
    "null",
    "[]",
    '{"type":"request"}',
    '{"type":"unknown","state":"started"}',
    '{"type":"constructor"}',
    '{"no":"type"}',
  ];
  const all = TEXT.trimEnd().split("\n");
  const text = [...all.slice(0, 2), ...junk, ...all.slice(2)].join("\n") + "\n";
  const { lines, problems } = parseJournal(text, "run/journal.ndjson");
  assert.deepEqual(lines, LINES);
  assert.deepEqual(
    problems,
    junk.map((line, i) =>
      `run/journal.ndjson:${i + 3}: not a journal line and is set aside: ${line}`
    ),
  );
});

Deno.test("a long damaged line is quoted in part", () => {
  const [problem] = parseJournal(`${"x".repeat(500)}\n`).problems;
  assert.match(problem!, /: x{79}…$/);
});

Deno.test("an empty journal has no lines and no problems", () => {
  assert.deepEqual(parseJournal(""), { lines: [], problems: [] });
});

Deno.test(
  "a process that is killed leaves every line that it had handed over",
  withFolder(async (dir) => {
    const path = `${dir}/journal.ndjson`;
    const script = `${import.meta.dirname}/testdata/append_forever.ts`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", script, path],
      stdout: "piped",
    }).spawn();
    let said = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (said.split("\n").length > 200) break;
    }
    child.kill("SIGKILL");
    await child.status;
    const handedOver = said.split("\n").length - 1;
    const { lines, problems } = parseJournal(Deno.readTextFileSync(path));
    assert(lines.length >= handedOver, `${lines.length} lines of ${handedOver}`);
    assert(problems.length <= 1, problems.join("\n"));
    const indexes = lines.map((line) => line.type === "request" ? line.request_index : -1);
    assert.deepEqual(indexes, indexes.map((_, i) => i));
  }),
);

import assert from "node:assert/strict";
import { Journal, parseJournal } from "./journal.ts";
import { indexJournal, readJournaled } from "./journal_index.ts";
import { launchRecord, request, trialRecord } from "./testdata/sample_records.ts";

const [FIRST, SECOND] = ["b1-a-prompts-c1", "b1-a-prompts-c2"];
const STATES = [
  { type: "run", state: "started", at: "2026-01-02T03:04:00.000Z" },
  { type: "launch", ...launchRecord() },
  { type: "trial", ...trialRecord() },
] as const;
const REQUESTS = [0, 1, 2, 3, 4].map((request_index) =>
  request({ request_index, trial_id: request_index % 3 === 2 ? SECOND : FIRST })
);

/** A journal with a trial's requests before, between and after the changes of state. */
function withJournal(test: (path: string, text: string) => void, change = (text: string) => text) {
  const path = Deno.makeTempFileSync();
  try {
    using journal = new Journal(path);
    STATES.forEach((state, i) => {
      journal.append(state);
      journal.append({ type: "request", ...REQUESTS[i]! });
    });
    for (const record of REQUESTS.slice(3)) journal.append({ type: "request", ...record });
    const text = change(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(path, text);
    test(path, text);
  } finally {
    Deno.removeSync(path);
  }
}

const ofTrial = (trial_id: string) => REQUESTS.filter((record) => record.trial_id === trial_id);

for (const stored of [[], [FIRST], [FIRST, SECOND]]) {
  Deno.test(`states and requests are found with ${stored.length} trials stored elsewhere`, () => {
    withJournal((path) => {
      const { states, requests, problems } = indexJournal(path, new Set(stored));
      assert.deepEqual(states, STATES);
      assert.deepEqual(problems, []);
      assert.deepEqual([...requests.keys()], [FIRST, SECOND]);
      for (const [trial_id, range] of requests) {
        assert.deepEqual(readJournaled(path, trial_id, range), ofTrial(trial_id));
      }
    });
  });
}

Deno.test("damaged lines are told as when the whole text is read at once", () => {
  const damages: ((text: string) => string)[] = [
    (text) => text.slice(0, -1),
    (text) => text.slice(0, -30),
    (text) => text.replace("\n", "\nnot json\n\n\0\0\n"),
    (text) => text.replace('"type":"trial"', '"type":"unknown"'),
    (text) => text.replaceAll('"phase"', '"face"'),
    () => "",
  ];
  for (const change of damages) {
    withJournal((path, text) => {
      const whole = parseJournal(text);
      const { states, problems } = indexJournal(path, new Set());
      assert.deepEqual(problems, whole.problems);
      assert.deepEqual(states, whole.lines.filter(({ type }) => type !== "request"));
    }, change);
  }
});

Deno.test("a line of a stored trial that was cut short is told", () => {
  withJournal((path) => {
    const { problems } = indexJournal(path, new Set([FIRST, SECOND]));
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^journal\.ndjson:8: the last line was cut short/);
  }, (text) => text.slice(0, -30));
});

Deno.test("damage within a stored trial's line costs nothing until the line is needed", () => {
  withJournal((path) => {
    const stored = indexJournal(path, new Set([FIRST, SECOND]));
    assert.deepEqual(stored.problems, []);
    assert.equal(readJournaled(path, FIRST, stored.requests.get(FIRST)!).length, 3);
    assert.equal(indexJournal(path, new Set()).problems.length, 1);
  }, (text) => text.replace('"request_index":1,', '"request_index":,'));
});

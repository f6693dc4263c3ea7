import assert from "node:assert/strict";
import { ConfigError } from "../yaml_source.ts";
import { parseTrace } from "./trace_file.ts";

// First lines of the published traces' forms.
const AZURE = `TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:17:03.9799600,4808,10
2023-11-16 18:17:04.0319600,110,27
2023-11-16 18:17:04.0781490,415,34
`;
const MOONCAKE =
  `{"timestamp": 0, "input_length": 6755, "output_length": 500, "hash_ids": [0, 1, 2]}
{"timestamp": 3052, "input_length": 7322, "output_length": 490, "hash_ids": [0, 14]}
`;

Deno.test("the Azure trace is read as it is published, to the tenth of a microsecond", () => {
  assert.deepEqual(parseTrace(AZURE, "azure.csv"), [
    { at_ms: 0, input_tokens: 4808, output_tokens: 10 },
    { at_ms: 52, input_tokens: 110, output_tokens: 27 },
    { at_ms: 98.189, input_tokens: 415, output_tokens: 34 },
  ]);
});

Deno.test("a time zone in the Azure form of 2024 is read too", () => {
  const text = AZURE.replaceAll(/(\.\d{6})\d/g, "$1+00:00");
  assert.deepEqual(parseTrace(text, "azure.csv").map(({ at_ms }) => at_ms), [0, 52, 98.189]);
});

Deno.test("the Mooncake trace is read as it is published, its first block as the group", () => {
  assert.deepEqual(parseTrace(MOONCAKE, "mooncake.jsonl"), [
    { at_ms: 0, input_tokens: 6755, output_tokens: 500, prefix_group: "0" },
    { at_ms: 3052, input_tokens: 7322, output_tokens: 490, prefix_group: "0" },
  ]);
});

Deno.test("a trace of one's own may hold seconds, prompts and groups", () => {
  const text = 'time_s,output_tokens,prompt,prefix_group\n1,5,"Hi,\nyou",a\n1.5,6,,\n';
  assert.deepEqual(parseTrace(text, "own.csv"), [
    { at_ms: 0, output_tokens: 5, prefix_group: "a", prompt: "Hi,\nyou" },
    { at_ms: 500, output_tokens: 6 },
  ]);
});

Deno.test("time scale and limit stretch and cut", () => {
  const read = parseTrace(MOONCAKE.repeat(1), "m", { time_scale: 0.5, limit: 2 });
  assert.deepEqual(read.map(({ at_ms }) => at_ms), [0, 1526]);
  assert.equal(parseTrace(AZURE, "a", { limit: 1 }).length, 1);
});

const BAD: [name: string, text: string, problems: string[]][] = [
  ["an empty trace", "TIMESTAMP,ContextTokens\n", ["t: the trace is empty"]],
  ["an empty file", "", ["t: the trace is empty"]],
  ["times that go back", "time_s\n2\n1\n", [
    "t:3: the time is before that of the line above; sort the trace",
  ]],
  ["negative times", "time_ms\n-5\n0\n", ["t:2: the time is negative, -5 ms"]],
  ["no time", "when,input_tokens\n1,2\n", [
    "t:2: no time; expected a column time_ms, timestamp_ms, timestamp, time_s, timestamp_s, time",
  ]],
  ["words for a time", "time_ms\nsoon\n", ["t:2: the time is neither a number nor a date"]],
  ["a length that is no count", 'time_s,output_tokens\n0,3\n1,"x, y"\n2,1.5\n', [
    't:3: output_tokens is no count: "x, y"',
    't:4: output_tokens is no count: "1.5"',
  ]],
  ["a short row", "time_s,output_tokens\n0,3\n1\n", ["t:3: 1 values under 2 columns"]],
  ["broken JSON", '{"timestamp": 0}\n{"timestamp": \n', ["t:2: not a JSON object"]],
];

for (const [name, text, problems] of BAD) {
  Deno.test(`${name}: the problem is told with its line`, () => {
    assert.throws(() => parseTrace(text, "t"), (error: ConfigError) => {
      assert.deepEqual(error.problems, problems);
      return true;
    });
  });
}

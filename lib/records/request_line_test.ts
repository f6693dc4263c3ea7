import assert from "node:assert/strict";
import { parseJournal } from "./journal.ts";
import { fromRequestLine, toRequestLine } from "./request_line.ts";
import { request } from "./testdata/sample_records.ts";

Deno.test("token times are whole microseconds: the first, then the steps", () => {
  const token_ms = [1234.5678, 1250.0004, 1250.0004, 1265.9996];
  const { token_us, sent_ms, ...rest } = toRequestLine(request({ token_ms, sent_ms: 0.12345 }));
  assert.deepEqual(token_us, [1234568, 15432, 0, 16000]);
  assert.equal(sent_ms, 0.123);
  assert.ok(!("token_ms" in rest));
});

Deno.test("a record comes back with each time off by half a microsecond at most, however long", () => {
  const token_ms = Array.from({ length: 5000 }, (_, i) => i * 7.123456789);
  const first_token_ms = token_ms[0]!;
  const record = request({ token_ms, first_token_ms, last_token_ms: token_ms.at(-1)! });
  const back = fromRequestLine(JSON.parse(JSON.stringify(toRequestLine(record))));
  back.token_ms.forEach((ms, i) => assert.ok(Math.abs(ms - token_ms[i]!) <= 0.0005 + 1e-9));
  assert.equal(back.token_ms.at(-1), back.last_token_ms);
  assert.deepEqual({ ...back, token_ms: [], last_token_ms: 0 }, {
    ...record,
    token_ms: [],
    last_token_ms: 0,
  });
});

Deno.test("a journal's line of the older form is read as it stands", () => {
  const record = request({ token_ms: [1 / 3, 2.5] });
  const { lines, problems } = parseJournal(JSON.stringify({ type: "request", ...record }) + "\n");
  assert.deepEqual([lines, problems], [[{ type: "request", ...record }], []]);
});

Deno.test("a request's line without token times of either form is set aside", () => {
  const { token_ms: _, ...rest } = request();
  for (const times of [{}, { token_us: "3" }, { token_ms: null }]) {
    const line = JSON.stringify({ type: "request", ...rest, ...times });
    assert.equal(parseJournal(line + "\n").problems.length, 1);
  }
});

import assert from "node:assert/strict";
import { DEFAULT_MARGINS } from "@/config/use_case_schema.ts";
import type { RequestRecord } from "@/records/request_record.ts";
import { failedRequest, request, trialRecord } from "@/records/testdata/sample_records.ts";
import { type GateInput, trialGates, verdictOf } from "./gates.ts";
import type { Gate } from "./summary_row.ts";
import { planned } from "./testdata/sample_trials.ts";

/** As many requests, of which the last ones are `failed`. */
function requests(count: number, failed: RequestRecord[] = []): RequestRecord[] {
  const good = Array.from(
    { length: count - failed.length },
    (_, i) => request({ request_index: i, in_flight: Math.min(i + 1, 10) }),
  );
  return [...good, ...failed];
}

/** A trial of ten users in which nothing is wrong. */
function sound(changes: Partial<GateInput> = {}): GateInput {
  return {
    trial: planned(),
    margins: DEFAULT_MARGINS,
    record: trialRecord(),
    measured: requests(100),
    warmup: requests(20),
    in_flight_mean: 9.9,
    send_lag_ms_p99: 0.3,
    ttft_ms_p50: 80,
    server_running_mean: 9.8,
    server_samples: 12,
    ...changes,
  };
}

function gate(name: string, changes: Partial<GateInput>): Gate {
  return trialGates(sound(changes)).find((each) => each.gate === name)!;
}

/** Which gates fail, with the cause of each and what it makes of the trial. */
function failing(changes: Partial<GateInput>): string[] {
  return trialGates(sound(changes)).filter(({ pass }) => !pass)
    .map(({ gate, cause, fails_to }) => `${gate}: ${cause}, ${fails_to}`);
}

Deno.test("a sound trial passes every gate and is VALID", () => {
  const gates = trialGates(sound());
  assert.deepEqual(gates.map(({ gate }) => gate), [
    "finished",
    "failures",
    "usage",
    "output length",
    "in flight",
    "running_on_server",
    "sample size",
    "warm-up",
    "send lag",
    "cache_cold",
  ]);
  assert.deepEqual(verdictOf(gates), { verdict: "VALID", reasons: [] });
});

Deno.test("a trial that did not finish is INVALID, and why decides who is to blame", () => {
  const measured = requests(40);
  const outcome = (record: GateInput["record"]) => gate("finished", { record, measured });
  const failed = outcome(trialRecord({ outcome: "failed", error: "the server ended (exit 1)" }));
  assert.deepEqual([failed.pass, failed.cause, failed.fails_to], [false, "server", "INVALID"]);
  assert.equal(failed.value, "failed after 40 of 100 requests: the server ended (exit 1)");
  const interrupted = outcome(trialRecord({ outcome: "interrupted" }));
  assert.deepEqual([interrupted.pass, interrupted.cause], [false, "environment"]);
  assert.equal(outcome(null).value, "unfinished after 40 of 100 requests");
  assert.equal(outcome(null).cause, "environment");
});

Deno.test("of an error that carries the end of a log, the reason keeps the first line", () => {
  const record = trialRecord({
    outcome: "failed",
    error: "the server ended (exit 1)\n  | a log line",
  });
  const { value } = gate("finished", { record, measured: requests(40) });
  assert.equal(value, "failed after 40 of 100 requests: the server ended (exit 1)");
});

Deno.test("a finished trial whose records are not all there is INVALID", () => {
  assert.deepEqual(failing({ measured: requests(99) }), ["finished: environment, INVALID"]);
  assert.equal(
    gate("finished", { measured: requests(99) }).value,
    "finished, but 99 of 100 requests on record",
  );
});

Deno.test("one failure in a thousand passes, one in 999 does not", () => {
  const measured = (count: number) => requests(count, [failedRequest()]);
  const trial = (count: number) => planned({ requests: count });
  const at = (count: number) => failing({ trial: trial(count), measured: measured(count) });
  assert.deepEqual(at(1000), []);
  assert.deepEqual(at(999), ["failures: server, INVALID"]);
  assert.equal(
    gate("failures", { measured: measured(100) }).value,
    "1 of 100 failed, first connect (connection refused)",
  );
});

Deno.test("one answer without token counts is one too many", () => {
  const uncounted = request({ failure: "no_usage", error: "no usage", output_tokens: null });
  const measured = requests(1000, [uncounted]);
  const changes = { trial: planned({ requests: 1000 }), measured };
  assert.deepEqual(failing(changes), ["usage: server, INVALID"]);
});

Deno.test("where the end of text is ignored each answer has exactly the asked length", () => {
  for (const output_tokens of [3, 5]) {
    const measured = [...requests(99), request({ output_tokens, finish_reason: "stop" })];
    assert.deepEqual(failing({ measured }), ["output length: server, INVALID"]);
    assert.equal(gate("output length", { measured }).value, "1 of 100 not as asked");
  }
  assert(gate("output length", { measured: requests(100) }).pass);
});

Deno.test("where it is not ignored answers may be shorter and not longer", () => {
  const trial = planned({ ignore_eos: false });
  const at = (output_tokens: number) =>
    failing({ trial, measured: [...requests(99), request({ output_tokens })] });
  assert.deepEqual(at(1), []);
  assert.deepEqual(at(4), []);
  assert.deepEqual(at(5), ["output length: server, INVALID"]);
});

Deno.test("the mean in flight must reach 95 % of the users", () => {
  assert.deepEqual(failing({ in_flight_mean: 9.5 }), []);
  assert.deepEqual(failing({ in_flight_mean: 9.49 }), ["in flight: client, INVALID"]);
  assert.deepEqual(failing({ in_flight_mean: null }), ["in flight: client, INVALID"]);
  assert.equal(gate("in flight", { in_flight_mean: null }).value, "mean nothing, highest 10");
});

Deno.test("more in flight than there are users is a broken client", () => {
  const measured = [...requests(99), request({ in_flight: 11 })];
  assert.deepEqual(failing({ measured }), ["in flight: client, INVALID"]);
});

Deno.test("fewer requests than users are INVALID by plan, even when nearly as many", () => {
  const small = { trial: planned({ requests: 5 }), measured: requests(5), in_flight_mean: 4.2 };
  assert.deepEqual(failing(small), ["in flight: plan, INVALID", "sample size: plan, SUSPECT"]);
  assert.equal(verdictOf(trialGates(sound(small))).verdict, "INVALID");

  const trial = planned({ concurrency: 100, requests: 99, warmup_requests: 200 });
  const measured = Array.from({ length: 99 }, (_, i) => request({ in_flight: i + 1 }));
  const near = {
    trial,
    measured,
    warmup: requests(200),
    in_flight_mean: 98.5,
    server_running_mean: 98,
  };
  assert.deepEqual(failing(near), ["in flight: plan, INVALID", "sample size: plan, SUSPECT"]);
});

Deno.test("too few requests are SUSPECT and not refused", () => {
  const at = (count: number, concurrency: number) =>
    gate("sample size", { trial: planned({ requests: count, concurrency }) }).pass;
  assert.deepEqual([at(100, 10), at(99, 10), at(20, 1), at(19, 1)], [true, false, true, false]);
  const fifty = { trial: planned({ requests: 50 }), measured: requests(50) };
  assert.deepEqual(verdictOf(trialGates(sound(fifty))), {
    verdict: "SUSPECT",
    reasons: ["sample size: 50 requests planned, limit at least 100"],
  });
});

Deno.test("too little warm-up is SUSPECT by plan, a failed one by the server", () => {
  assert.deepEqual(failing({ warmup: requests(20) }), []);
  assert.deepEqual(failing({ warmup: requests(19) }), ["warm-up: plan, SUSPECT"]);
  assert.deepEqual(failing({ warmup: requests(20, [failedRequest()]) }), [
    "warm-up: server, SUSPECT",
  ]);
  const five = { trial: planned({ warmup_requests: 5 }), warmup: requests(5) };
  assert.deepEqual(verdictOf(trialGates(sound(five))), {
    verdict: "SUSPECT",
    reasons: ["warm-up: 5 requests, 0 failed, limit at least 20, 0 failed"],
  });
});

Deno.test("requests may leave 1 ms late, or 1 % of the median TTFT where that is more", () => {
  const late = (send_lag_ms_p99: number | null, ttft_ms_p50: number | null) =>
    failing({ send_lag_ms_p99, ttft_ms_p50 });
  const blamed = ["send lag: client, SUSPECT"];
  assert.deepEqual(late(1, 80), []);
  assert.deepEqual(late(1.01, 80), blamed);
  assert.deepEqual(late(5, 500), []);
  assert.deepEqual(late(5.01, 500), blamed);
  assert.deepEqual(late(1, null), []);
  assert.deepEqual(late(1.01, null), blamed);
  assert.deepEqual(late(null, 80), blamed);
});

Deno.test("the worst failed gate gives the verdict and each gives a reason", () => {
  const of = (name: string, fails_to: Gate["fails_to"], pass: boolean): Gate => ({
    gate: name,
    value: 3,
    limit: "2",
    pass,
    cause: "client",
    fails_to,
  });
  const verdict = (...gates: Gate[]) => verdictOf(gates).verdict;
  assert.equal(verdict(of("a", "INVALID", true), of("b", "SUSPECT", true)), "VALID");
  assert.equal(verdict(of("a", "INVALID", true), of("b", "SUSPECT", false)), "SUSPECT");
  assert.deepEqual(verdictOf([of("b", "SUSPECT", false), of("a", "INVALID", false)]), {
    verdict: "INVALID",
    reasons: ["b: 3, limit 2", "a: 3, limit 2"],
  });
});

Deno.test("a level that the server did not run at once is queue-limited, an outcome of the server", () => {
  const limited = gate("running_on_server", { server_running_mean: 4, server_samples: 12 });
  assert.deepEqual(
    [limited.pass, limited.cause, limited.fails_to, limited.limit],
    [false, "server", "SUSPECT", "mean ≥ 9.50"],
  );
  assert.equal(
    limited.value,
    "queue-limited: mean 4.00 by the server's own count (12 samples)",
  );
  assert.ok(gate("running_on_server", { server_running_mean: 9.5 }).pass);
});

Deno.test("a server that tells nothing, or too seldom, is not judged, and the gate says so", () => {
  const silent = gate("running_on_server", { server_running_mean: null, server_samples: 12 });
  assert.deepEqual([silent.pass, silent.value], [true, "not told by the server"]);
  const few = gate("running_on_server", { server_running_mean: 1, server_samples: 4 });
  assert.ok(few.pass);
  assert.match(String(few.value), /\(4 samples\), too few samples to judge$/);
});

Deno.test("answers to the content probe that are no text make the trial SUSPECT, and say what was seen", () => {
  const answer = { prompt_id: "capital", text: "Paris.", fault: null };
  const ill = { prompt_id: "legs", text: "!!!!\n!!!!", fault: "repeated" as const };
  const broken = { answers: [answer, ill, ill], verdict: "SUSPECT" as const };
  assert.deepEqual(failing({ content_probe: broken }), ["content: server, SUSPECT"]);
  assert.equal(
    gate("content", { content_probe: broken }).value,
    '2 of 3 answers to the content probe are no proper text, the first repeated: "!!!! !!!!"',
  );
  const fine = { answers: [answer, answer, answer], verdict: "text" as const };
  assert.deepEqual(failing({ content_probe: fine }), []);
  assert.equal(gate("content", { content_probe: fine }).value, "3 answers of text");
});

import assert from "node:assert/strict";
import { startTruthServer } from "@/truth/truth_process.ts";
import { Canary, canaryFigures } from "./canary.ts";

/** Waits for a condition of the outside world, at most ten seconds. */
async function until(what: string, condition: () => boolean | Promise<boolean>) {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`not within 10 s: ${what}`);
}

const QUICK = { ttft_ms: 10, token_ms: 1 };

Deno.test("a canary sends one stream after the other until it is stopped", async () => {
  await using server = await startTruthServer({ script: QUICK });
  const canary = new Canary(server);
  const stop = canary.start();
  await until("five streams", async () => (await server.records(0)).length >= 5);
  const first = await stop();
  assert.ok(first.requests >= 5, `${first.requests}`);
  assert.deepEqual([first.failed, first.error], [0, null]);
  assert.ok(first.ttft_client_error_ms_p50! >= 0);
  assert.ok(first.ttft_client_error_ms_p50! <= first.ttft_client_error_ms_p99!);
  assert.ok(first.server_cpu_share! > 0);

  const [last] = (await server.records(0)).slice(-1);
  const again = canary.start();
  await until("four more", async () => (await server.records(last!.request)).length >= 4);
  const second = await again();
  assert.ok(second.requests >= 3, "the second trial has streams of its own");
});

Deno.test("a client that is kept from its event loop shows in the canary's errors", async () => {
  await using server = await startTruthServer({ script: QUICK });
  const stop = new Canary(server).start();
  const block = setInterval(() => {
    for (const end = performance.now() + 40; performance.now() < end;) { /* busy */ }
  }, 45);
  await until("four streams", async () => (await server.records(0)).length >= 4);
  clearInterval(block);
  const { ttft_client_error_ms_p50 } = await stop();
  assert.ok(ttft_client_error_ms_p50! > 5, `${ttft_client_error_ms_p50} ms`);
});

Deno.test("a known-truth server that is gone costs the canary and not the trial", async () => {
  const server = await startTruthServer({ script: QUICK });
  const canary = new Canary(server);
  const stop = canary.start();
  await until("a stream", async () => (await server.records(0)).length >= 1);
  await server.stop();
  const seen = await stop();
  assert.equal(seen.requests, 0);
  assert.notEqual(seen.error, null);
  const never = await canary.start()();
  assert.deepEqual([never.requests, never.ttft_error_ms_p50], [0, null]);
  assert.notEqual(never.error, null);
});

Deno.test("figures are sizes of errors, the server's part taken out of TTFT", () => {
  const errors = (ttft_error_ms: number, server_late_ms: number, share: number | null) => ({
    ttft_error_ms,
    server_late_ms,
    tpot_error_ms: share && share * 20,
    tpot_error_share: share,
    gap_errors_ms: [],
    send_late_ms: [],
  });
  const figures = canaryFigures([
    errors(3, 2.5, -0.02),
    errors(1, 0.4, 0.01),
    errors(0.5, 0.4, null),
  ]);
  assert.equal(figures.requests, 3);
  assert.equal(figures.ttft_error_ms_p50, 1);
  assert.equal(figures.ttft_client_error_ms_p50, 0.5);
  assert.ok(Math.abs(figures.tpot_error_share_p50! - 0.015) < 1e-12);
  assert.equal(figures.server_late_ms_p50, 0.4);
  const none = canaryFigures([]);
  assert.deepEqual([none.requests, none.ttft_client_error_ms_p50], [0, null]);
});

import assert from "node:assert/strict";
import { VLLM_METRICS } from "@/engines/server_metrics.ts";
import type { ServerSample } from "@/records/telemetry.ts";
import { until } from "@/test_servers/processes.ts";
import { ServerWatch } from "./server_watch.ts";

type Answer = (request: Request, count: number) => Response | Promise<Response>;

/** Watches a server that answers so; `body` gets the watch and what was written. */
async function watching(
  answer: Answer,
  body: (watch: ServerWatch, samples: ServerSample[], url: string) => Promise<void>,
  options: { interval_ms?: number; keyOrigin?: string; path?: string } = {},
) {
  let count = 0;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => answer(request, ++count),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const samples: ServerSample[] = [];
  const watch = new ServerWatch({
    source: { urls: [origin + (options.path ?? "/metrics")], names: VLLM_METRICS },
    launch_id: "b1-a",
    interval_ms: options.interval_ms ?? 3_600_000,
    headers: { authorization: "Bearer k" },
    keyOrigin: options.keyOrigin ?? origin,
    write: (sample) => samples.push(sample),
  });
  try {
    await body(watch, samples, origin);
  } finally {
    await watch.close();
    await server.shutdown();
  }
}

const metrics = (running: number) => new Response(`vllm:num_requests_running ${running}\n`);

Deno.test("samples name launch and trial and are on the wall clock", async () => {
  await watching((_request, count) => metrics(count), async (watch, samples) => {
    const before = Date.now();
    watch.start("t1");
    await watch.scrape();
    await watch.pause();
    assert.deepEqual(
      samples.map(({ running, trial_id, launch_id }) => [running, trial_id, launch_id]),
      [
        [1, "t1", "b1-a"],
        [2, "t1", "b1-a"],
      ],
    );
    // Two clocks that both tell the time of day: they may differ by an adjustment, not by an origin.
    assert.ok(samples.every(({ unix_ms }) => Math.abs(unix_ms - before) < 60_000));
    assert.ok(samples.every(({ took_ms, parse_ms }) => took_ms > 0 && parse_ms >= 0));
    const { samples: counted, failures, took_ms_mean } = watch.record();
    assert.deepEqual([counted, failures], [2, 0]);
    assert.equal(took_ms_mean, (samples[0]!.took_ms + samples[1]!.took_ms) / 2);
  });
});

Deno.test("it scrapes again and again until it is paused", async () => {
  await watching((_request, count) => metrics(count), async (watch, samples) => {
    watch.start("t1");
    await until("three samples", () => samples.length >= 3);
    await watch.pause();
    const { length } = samples;
    watch.tick();
    await watch.pause();
    assert.equal(samples.length, length);
  }, { interval_ms: 5 });
});

Deno.test("while a scrape is under way the next ones are skipped, not queued", async () => {
  const held = Promise.withResolvers<void>();
  let asked = 0;
  await watching(async () => {
    asked++;
    await held.promise;
    return metrics(1);
  }, async (watch, samples) => {
    watch.start("t1");
    await until("it was asked", () => asked > 0);
    watch.tick();
    watch.tick();
    held.resolve();
    await watch.pause();
    assert.equal(watch.record().skipped, 2);
    assert.deepEqual([asked, samples.length], [1, 1]);
  });
});

Deno.test("failures are counted and told, and do no harm", async () => {
  const answer: Answer = (_request, count) =>
    count === 1 ? new Response("no", { status: 404 }) : metrics(count);
  await watching(answer, async (watch, samples) => {
    watch.start("t1");
    await watch.scrape();
    const { failures, first_error } = watch.record();
    assert.deepEqual([failures, first_error], [1, "/metrics answered 404"]);
    assert.deepEqual(samples.map(({ running }) => running), [2]);
  });
});

Deno.test("a server that is gone is a failure", async () => {
  const watch = new ServerWatch({
    source: { urls: ["http://127.0.0.1:9/metrics"], names: VLLM_METRICS },
    launch_id: "b1-a",
    interval_ms: 3_600_000,
    headers: {},
    keyOrigin: "http://127.0.0.1:9",
    write: () => assert.fail("nothing was there to write"),
  });
  watch.start("t1");
  await watch.scrape();
  await watch.close();
  assert.equal(watch.record().failures, 2);
});

Deno.test("the key goes to the server that it is for and to no other", async () => {
  const seen: (string | null)[] = [];
  const answer: Answer = ({ headers }) => {
    seen.push(headers.get("authorization"));
    return metrics(1);
  };
  const scrapeOnce = async (watch: ServerWatch) => {
    watch.start("t1");
    await watch.pause();
  };
  await watching(answer, scrapeOnce);
  await watching(answer, scrapeOnce, { keyOrigin: "http://elsewhere:1" });
  assert.deepEqual(seen, ["Bearer k", null]);
});

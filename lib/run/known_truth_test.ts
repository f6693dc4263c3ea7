/** What the client makes of streams whose truth is known, over real sockets. */
import assert from "node:assert/strict";
import type { RequestRecord } from "@/records/request_record.ts";
import { clientErrors, paired } from "@/truth/client_errors.ts";
import { narrowed } from "@/truth/clock_offset.ts";
import type { TruthScript } from "@/truth/script.ts";
import { startTruthServer } from "@/truth/truth_process.ts";
import { processesWith } from "@/test_servers/processes.ts";
import { truthCores } from "./known_truth.ts";
import { sendTruthLoad } from "./truth_load.ts";

const QUICK = { ttft_ms: 5, token_ms: 2 };

async function answers(script: Partial<TruthScript>, { users = 2, requests = 4 } = {}) {
  await using server = await startTruthServer({ script: QUICK, spin_ms: 1 });
  const seen: RequestRecord[] = [];
  await sendTruthLoad({
    baseUrl: server.baseUrl,
    users,
    requests,
    max_tokens: 12,
    script,
    signal: new AbortController().signal,
    onRecord: (record) => seen.push(record),
  });
  return { seen, truths: await server.records(0) };
}

const SCRIPTS: [string, Partial<TruthScript>, { tokens: number; frames: number }][] = [
  ["one token a chunk", {}, { tokens: 12, frames: 12 }],
  ["no role chunk", { role: false }, { tokens: 12, frames: 12 }],
  ["several tokens a chunk", { tokens_per_chunk: 5 }, { tokens: 12, frames: 3 }],
  ["empty chunks between", { empty_every: 2 }, { tokens: 12, frames: 12 }],
  ["writes cut inside a frame", { split_ms: 1 }, { tokens: 12, frames: 12 }],
  ["several chunks a write", { chunks_per_write: 4 }, { tokens: 12, frames: 12 }],
  ["an early stop", { stop_after: 7 }, { tokens: 7, frames: 7 }],
  ["a stall", { stall_after: 6, stall_ms: 40 }, { tokens: 12, frames: 12 }],
  ["all streams in one burst", { mode: "step", token_ms: 4 }, { tokens: 12, frames: 12 }],
];

for (const [what, script, expected] of SCRIPTS) {
  Deno.test(`the client recovers tokens and events exactly: ${what}`, async () => {
    const { seen, truths } = await answers(script);
    assert.deepEqual(seen.map(({ failure, error }) => failure ?? error), [null, null, null, null]);
    const pairs = paired(seen, truths);
    assert.equal(pairs.length, 4);
    const offset = narrowed(pairs);
    assert.ok(offset.high_ms >= offset.low_ms, "nothing arrives before it was sent");
    for (const pair of pairs) {
      assert.equal(pair.seen.output_tokens, expected.tokens);
      assert.equal(pair.seen.token_ms.length, expected.frames);
      assert.equal(pair.seen.role_ms !== null, script.role ?? true);
      assert.equal(
        pair.seen.finish_reason,
        script.stop_after === undefined ? "length" : "stop",
      );
      // Throws when the counts differ.
      clientErrors(pair, offset);
      pair.truth.sent_ms.forEach((at, i) => assert.ok(at >= pair.truth.due_ms[i]!));
    }
  });
}

Deno.test("an error inside the stream is a failure with the tokens before it", async () => {
  const { seen } = await answers({ error_after: 5 }, { users: 1, requests: 1 });
  assert.deepEqual(
    [seen[0]!.failure, seen[0]!.error, seen[0]!.token_ms.length],
    ["in_stream_error", "scripted error", 5],
  );
});

Deno.test("a stall is seen where it was, and as long", async () => {
  const { seen } = await answers({ stall_after: 6, stall_ms: 80 }, { users: 1, requests: 1 });
  const { token_ms } = seen[0]!;
  const gaps = token_ms.slice(1).map((at, i) => at - token_ms[i]!);
  assert.equal(gaps.indexOf(Math.max(...gaps)), 5);
  assert.ok(gaps[5]! > 60, `${gaps}`);
});

Deno.test("a script that makes no sense is refused with HTTP 400 and the reason", async () => {
  const { seen } = await answers({ ttft_ms: -1 }, { users: 1, requests: 1 });
  assert.equal(seen[0]!.failure, "http_status");
  assert.match(seen[0]!.error!, /HTTP 400: truth\.ttft_ms/);
});

Deno.test("the server tells its own cost, and nothing of it is left after the stop", async () => {
  const mark = JSON.stringify({ stall_ms: 4711 });
  const server = await startTruthServer({ script: { stall_ms: 4711 } });
  const { cpu_s, uptime_s } = await server.use();
  assert.ok(cpu_s > 0 && uptime_s > 0);
  assert.equal(processesWith(mark).length, 1);
  await server.stop();
  assert.deepEqual(processesWith(mark), []);
});

Deno.test("it stands on a core that nothing else has, else with the client", () => {
  const pinned = { server_cores: "0-1", client_cores: "2", note: null };
  assert.equal(truthCores(pinned, 4).cores, "3");
  assert.equal(truthCores({ ...pinned, server_cores: "0" }, 4).cores, "1");
  const full = truthCores({ ...pinned, server_cores: "0-1", client_cores: "2-3" }, 4);
  assert.equal(full.cores, "2-3");
  assert.match(full.where, /client's cores \(2-3\)/);
  assert.equal(truthCores({ server_cores: null, client_cores: null, note: null }, 4).cores, null);
});

Deno.test("when the program that started it is killed, it ends too", async () => {
  const mark = JSON.stringify({ stall_ms: 4712 });
  const started = `
    import { startTruthServer } from "@/truth/truth_process.ts";
    await startTruthServer({ script: { stall_ms: 4712 } });
    console.log("up");
    await new Promise(() => setInterval(() => {}, 1000));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", started],
    cwd: import.meta.dirname!,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await child.stdout.getReader().read();
  // The child's own command line has the number, not the mark.
  assert.equal(processesWith(mark).length, 1);
  child.kill("SIGKILL");
  await child.status;
  for (const deadline = Date.now() + 10_000; processesWith(mark).length > 0;) {
    assert.ok(Date.now() < deadline, "the known-truth server outlived its parent");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

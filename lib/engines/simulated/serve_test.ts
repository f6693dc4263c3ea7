import assert from "node:assert/strict";
import { dechunked, eventsOf } from "./captured_answer.ts";
import { endedServer, type SpawnedServer, spawnServer } from "./spawned_server.ts";

const QUICK = "--model m --decode-ms-base 1 --decode-ms-per-sequence 0.5".split(" ");

interface Ask {
  id?: string;
  signal?: AbortSignal;
  body?: object;
}

/** A streamed chat of `max_tokens` with usage. */
function ask(server: SpawnedServer, max_tokens: number, { id, signal, body }: Ask = {}) {
  const request = {
    model: "m",
    messages: [{ role: "user", content: "Tell me of 猫" }],
    max_tokens,
    stream: true,
    ignore_eos: true,
    stream_options: { include_usage: true, continuous_usage_stats: false },
    ...body,
  };
  return fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: id ? { "x-request-id": id } : {},
    body: JSON.stringify(request),
    ...(signal ? { signal } : {}),
  });
}

/** Reads to the end, or to where the connection breaks. */
async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
  let text = "";
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
    return { text, broken: false };
  } catch {
    return { text, broken: true };
  }
}

for (const wire of ["vllm", "sglang", "tensorrt-llm"]) {
  Deno.test(`a ${wire} server streams over HTTP what its truth log says`, async () => {
    await using server = await spawnServer("--wire", wire, ...QUICK);
    assert.match(
      server.line,
      new RegExp(`^simulated ${wire} server, model m, listening on http://127.0.0.1:\\d+$`),
    );
    const response = await ask(server, 120, { id: "mine" });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("server"), "simulated");
    const { text } = await readAll(response);
    assert.ok(text.endsWith("data: [DONE]\n\n"));
    const events = eventsOf(text);
    const withText = events.filter((event) => event.choices[0]?.delta.content).length;
    const [truth] = await server.truth(1);

    assert.equal(truth!.request_id, "mine");
    assert.equal(truth!.outcome, "finished");
    assert.equal(truth!.wire, wire);
    assert.equal(truth!.token_ms.length, 120);
    assert.equal(truth!.text_ms.length, withText);
    assert.ok(withText < 120, "some tokens end inside a character");
    assert.equal(events.at(-1).usage.completion_tokens, truth!.completion_tokens);
    assert.equal(events.at(-1).usage.prompt_tokens, truth!.prompt_tokens);
    assert.equal(truth!.first_token_ms, truth!.token_ms[0]);
    // 11 prompt tokens × 0.2 + 1 + 0.5.
    assert.equal(truth!.prompt_tokens, 11);
    assert.ok(truth!.first_token_ms! - truth!.received_ms >= 3.7);
    assert.ok(truth!.token_ms.every((time, i) => i === 0 || time > truth!.token_ms[i - 1]!));
  });

  Deno.test(`a ${wire} server says that it is simulated and what it holds`, async () => {
    await using server = await spawnServer("--wire", wire, ...QUICK);
    const get = (path: string) => fetch(`${server.url}${path}`);
    assert.equal(await (await get("/health")).text(), "");
    const models = await (await get("/v1/models")).json();
    assert.deepEqual(models.data.map((m: { id: string; owned_by: string }) => [m.id, m.owned_by]), [
      ["m", "simulated"],
    ]);
    const whole = await (await ask(server, 5, { body: { stream: false, stream_options: null } }))
      .json();
    assert.equal(whole.usage.completion_tokens, 5);
    assert.match(whole.choices[0].message.content, /^Simulated/);
    const metrics = await (await get("/metrics")).text();
    assert.match(metrics, /(num_requests_running|num_running_reqs)\{.*model_name="m".*\} 0\n/);
    assert.equal((await (await get("/nope")).json()).detail, "Not Found");
  });
}

Deno.test("an answer without ignore_eos may stop by itself, the same each time", async () => {
  await using server = await spawnServer("--wire", "vllm", ...QUICK);
  const body = { ignore_eos: false, messages: [{ role: "user", content: "short" }] };
  const answers = [];
  for (let i = 0; i < 2; i++) {
    const events = eventsOf((await readAll(await ask(server, 60_000, { body }))).text);
    const { finish_reason } = events.at(-2).choices[0];
    answers.push({ finish_reason, tokens: events.at(-1).usage.completion_tokens });
  }
  assert.equal(answers[0]!.finish_reason, "stop");
  assert.deepEqual(answers[0], answers[1]);
});

Deno.test("never more sequences than allowed are between their first and last token", async () => {
  await using server = await spawnServer("--wire", "sglang", "--max-sequences", "2", ...QUICK);
  const responses = await Promise.all([1, 2, 3, 4, 5].map(() => ask(server, 20)));
  await Promise.all(responses.map(readAll));
  const truths = await server.truth(5);
  const starts = truths.map((truth) => truth.token_ms[0]!);
  const busy = starts.map((start) =>
    truths.filter((t) => t.token_ms[0]! <= start && start <= t.token_ms.at(-1)!).length
  );
  assert.equal(Math.max(...busy), 2);
});

Deno.test("a client that leaves is taken out of the batch and logged as aborted", async () => {
  await using server = await spawnServer("--wire", "vllm", "--max-sequences", "1", ...QUICK);
  const leaving = new AbortController();
  const response = await ask(server, 50_000, { id: "leaves", signal: leaving.signal });
  await response.body!.getReader().read();
  const next = ask(server, 3, { id: "next" });
  leaving.abort();
  await readAll(await next);
  const [left, finished] = await server.truth(2);
  assert.deepEqual([left!.request_id, left!.outcome], ["leaves", "aborted"]);
  assert.deepEqual([finished!.request_id, finished!.outcome], ["next", "finished"]);
  // The 50,000 tokens of the one that left would have taken 75 s.
  assert.ok(finished!.first_token_ms! - finished!.received_ms < 20_000);
});

Deno.test("some bodies are parted inside a character", async () => {
  await using server = await spawnServer("--wire", "vllm", ...QUICK);
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(server.url).port),
  });
  const body = '{"model":"m","prompt":"a","max_tokens":200,"stream":true,"ignore_eos":true}';
  const head = `POST /v1/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\n` +
    `content-length: ${body.length}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head + body));
  const bytes = new Uint8Array(await new Response(connection.readable).arrayBuffer());
  const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  // A chunk that ends with the first byte of a character, before the chunk's own line end.
  assert.match(latin1, /[\xc2-\xf4]\r\n[0-9a-f]+\r\n[\x80-\xbf]/);
  const text = dechunked(bytes.subarray(latin1.indexOf("\r\n\r\n") + 4));
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  assert.ok(!text.includes("\ufffd"));
});

Deno.test("http-500 answers every second request with 500 in the engine's form", async () => {
  await using server = await spawnServer("--fault", "http-500:2", ...QUICK);
  assert.equal((await readAll(await ask(server, 2))).broken, false);
  const refused = await ask(server, 2);
  assert.equal(refused.status, 500);
  assert.equal((await refused.json()).error.type, "InternalServerError");
});

Deno.test("cut breaks the connection after three tokens, without [DONE]", async () => {
  await using server = await spawnServer("--fault", "cut", ...QUICK);
  const { text, broken } = await readAll(await ask(server, 20));
  assert.ok(broken);
  const tokens = eventsOf(text).filter((event) => event.choices[0].delta.role === undefined);
  assert.equal(tokens.length, 3);
  assert.ok(!text.includes("[DONE]"));
  assert.equal((await server.truth(1))[0]!.outcome, "cut");
});

for (
  const [wire, keys] of [["vllm", ["error"]], ["sglang", ["error", "usage"]]] as const
) {
  Deno.test(`error-in-stream on ${wire} ends with ${keys.join(", ")} and [DONE]`, async () => {
    await using server = await spawnServer("--wire", wire, "--fault", "error-in-stream", ...QUICK);
    const { text, broken } = await readAll(await ask(server, 20));
    assert.equal(broken, false);
    assert.ok(text.endsWith("data: [DONE]\n\n"));
    const last = eventsOf(text).slice(-keys.length);
    assert.deepEqual(keys.map((key, index) => key in last[index]), keys.map(() => true));
    assert.equal((await server.truth(1))[0]!.completion_tokens, 3);
  });
}

Deno.test("error-in-stream on tensorrt-llm breaks the connection", async () => {
  const args = ["--wire", "tensorrt-llm", "--fault", "error-in-stream", ...QUICK];
  await using server = await spawnServer(...args);
  assert.ok((await readAll(await ask(server, 20))).broken);
});

Deno.test("no-usage leaves usage out", async () => {
  await using server = await spawnServer("--fault", "no-usage", ...QUICK);
  const { text } = await readAll(await ask(server, 4));
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  assert.ok(!text.includes('"usage"'));
});

Deno.test("nonsense says one token over and over", async () => {
  await using server = await spawnServer("--fault", "nonsense", ...QUICK);
  const { text } = await readAll(await ask(server, 4));
  assert.equal(text.match(/"content":"!"/g)?.length, 4);
});

Deno.test("hang never answers, and notes the client that gives up", async () => {
  await using server = await spawnServer("--fault", "hang", ...QUICK);
  await assert.rejects(ask(server, 4, { signal: AbortSignal.timeout(500) }), /TimeoutError/);
  const [truth] = await server.truth(1);
  assert.deepEqual([truth!.outcome, truth!.first_token_ms], ["aborted", null]);
});

Deno.test("exit-at-start says why on stderr and exits 3 before it listens", async () => {
  const { code, stdout, stderr } = await endedServer("--fault", "exit-at-start");
  assert.deepEqual([code, stdout], [3, ""]);
  assert.match(stderr, /simulated fault: exit-at-start/);
});

Deno.test("slow-start listens after two seconds", async () => {
  const startedMs = Date.now();
  await using _server = await spawnServer("--fault", "slow-start", ...QUICK);
  assert.ok(Date.now() - startedMs >= 2000);
});

Deno.test("an unknown flag exits 2 and is named", async () => {
  const { code, stderr } = await endedServer("--max-seqs", "3");
  assert.equal(code, 2);
  assert.match(stderr, /--max-seqs/);
});

Deno.test("a port in use exits 1 and is named", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await endedServer("--port", String(taken.addr.port));
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`${taken.addr.port}`));
});

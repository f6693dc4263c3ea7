/** What the native server says to clients of other projects before they begin. */
import assert from "node:assert/strict";
import { findProgram } from "@/engines/programs.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { buildPrograms } from "./programs.ts";
import { startServer } from "./run_client.ts";
import { SCENARIOS } from "./scenarios.ts";
import { parseTruth } from "./truth.ts";

const QUICK = { ...SCENARIOS[0]!, ttft_ms: 1, gap_ms: 1 };
const ignore = await findProgram("cc") === null || await findProgram("taskset") === null;

async function withServer(body: (url: string) => Promise<void>) {
  using folder = new TempFolder();
  const { truth } = await buildPrograms(folder.path);
  const log = folder.file("truth.txt");
  const server = startServer(QUICK, truth, log, { server: "0", client: "0" });
  try {
    await body(`http://127.0.0.1:${await server.port}`);
  } finally {
    await server.stop();
  }
  return parseTruth(Deno.readTextFileSync(log));
}

const ask = (url: string, body: Record<string, unknown>) =>
  fetch(url, { method: "POST", body: JSON.stringify(body) });

Deno.test({
  name: "it names its model, refuses other questions, and counts neither",
  ignore,
  async fn() {
    const truth = await withServer(async (url) => {
      const { data } = await (await fetch(`${url}/v1/models`)).json();
      assert.deepEqual(data, [{ id: "m", object: "model" }]);
      const refused = await ask(`${url}/tokenize`, { prompt: "Hi" });
      assert.equal(refused.status, 404);
      await refused.body?.cancel();
      await (await ask(`${url}/v1/chat/completions`, { "max_tokens": 3 })).text();
    });
    assert.deepEqual([...truth].map(([number, { token_ms }]) => [number, token_ms.length]), [[
      1,
      3,
    ]]);
  },
});

Deno.test({
  name: "the number of tokens is read from either of the fields that clients send",
  ignore,
  async fn() {
    const truth = await withServer(async (url) => {
      for (
        const body of [{ max_completion_tokens: 4 }, { max_tokens: 2, max_completion_tokens: 9 }]
      ) {
        await (await ask(`${url}/v1/chat/completions`, body)).text();
      }
    });
    assert.deepEqual([...truth.values()].map(({ token_ms }) => token_ms.length), [4, 2]);
  },
});

Deno.test({
  name: "completions are answered as chats are, without a role",
  ignore,
  async fn() {
    let events: string[] = [];
    const truth = await withServer(async (url) => {
      const answer = await ask(`${url}/v1/completions`, { max_tokens: 2 });
      events = (await answer.text()).trim().split("\n\n").map((line) =>
        line.slice("data: ".length)
      );
    });
    assert.equal(truth.get(1)!.token_ms.length, 2);
    const [first, second, usage, done] = events as [string, string, string, string];
    assert.equal(JSON.parse(first).choices[0].text, " token");
    assert.equal(JSON.parse(second).choices[0].finish_reason, "length");
    assert.deepEqual(JSON.parse(usage).usage.completion_tokens, 2);
    assert.equal(done, "[DONE]");
  },
});

import assert from "node:assert/strict";
import type { Message } from "@/config/prompts.ts";
import { type Behaviour, ScriptedServer } from "@/test_servers/scripted_server.ts";
import { Connection } from "./connection.ts";
import type { PreparedRequest } from "./exchange.ts";
import { generateLoad } from "./generate.ts";
import { encodeJson } from "./http_socket.ts";
import type { RequestRecord } from "@/records/request_record.ts";

function requestOf(conversation: number, turn: number): PreparedRequest {
  const messages: Message[] = [{ role: "user", content: `question ${conversation}/${turn}` }];
  const bodyAfter = (earlier: Message[]) => encodeJson({ messages: [...earlier, ...messages] });
  return {
    prompt_id: `${conversation}/${turn}`,
    max_tokens: 3,
    body: bodyAfter([]),
    turn: { conversation, turn, messages, bodyAfter },
  };
}

async function talk(
  users: number,
  conversations: number,
  turns: number,
  behaviour: (request: number) => Behaviour,
) {
  const server = await ScriptedServer.start({ behaviour });
  const habits = { closesUnannounced: false };
  const connections = Array.from(
    { length: users },
    () => new Connection({ baseUrl: server.baseUrl, headers: {}, habits }),
  );
  await Promise.all(connections.map((connection) => connection.open()));
  const records: RequestRecord[] = [];
  await generateLoad({
    trial_id: "t",
    phase: "measured",
    requests: Array.from(
      { length: conversations * turns },
      (_, i) => requestOf(Math.floor(i / turns), i % turns),
    ),
    connections,
    now: () => performance.now(),
    timeout_ms: 10_000,
    signal: new AbortController().signal,
    onRecord: (record) => void records.push(record),
  });
  await Promise.all(connections.map((connection) => connection.close()));
  await server[Symbol.asyncDispose]();
  const sent = server.bodies.map((body) => JSON.parse(body).messages as Message[]);
  return { records, sent };
}

const texts = (messages: Message[]) => messages.map(({ role, content }) => `${role}: ${content}`);

Deno.test("each turn is sent with the turns before it and the answers that really came", async () => {
  const { sent, records } = await talk(1, 2, 3, () => "answer");
  const first = ["user: question 0/0"];
  const second = [...first, "assistant: Hi!", "user: question 0/1"];
  const third = [...second, "assistant: Hi!", "user: question 0/2"];
  assert.deepEqual(sent.map(texts).slice(0, 4), [first, second, third, ["user: question 1/0"]]);
  assert.equal(records.length, 6);
});

Deno.test("a user stays with its conversation until it ends, and all turns are sent once", async () => {
  const { records } = await talk(3, 7, 4, () => "answer");
  assert.equal(new Set(records.map(({ prompt_id }) => prompt_id)).size, 28);
  const byConversation = Map.groupBy(records, ({ prompt_id }) => prompt_id.split("/")[0]!);
  for (const turns of byConversation.values()) {
    assert.equal(new Set(turns.map(({ user_index }) => user_index)).size, 1);
    const byTime = turns.toSorted((a, b) => a.sent_ms - b.sent_ms);
    assert.deepEqual(byTime.map(({ prompt_id }) => Number(prompt_id.split("/")[1])), [0, 1, 2, 3]);
    for (const [i, turn] of byTime.entries()) {
      if (i > 0) assert(turn.sent_ms >= byTime[i - 1]!.end_ms);
    }
  }
});

Deno.test("a turn that failed is left out of the history, its question too", async () => {
  const { sent, records } = await talk(1, 1, 3, (i) => i === 2 ? "status-500" : "answer");
  assert.deepEqual(texts(sent[2]!), [
    "user: question 0/0",
    "assistant: Hi!",
    "user: question 0/2",
  ]);
  assert.deepEqual(records.map(({ failure }) => failure), [null, "http_status", null]);
});

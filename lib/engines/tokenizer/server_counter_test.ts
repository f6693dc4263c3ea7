/** Against replies of the forms that vLLM 0.32.0, SGLang 0.5.23 and llama.cpp 2026.10.11549 gave. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serverCounter } from "./server_counter.ts";

type Body = Record<string, unknown>;
/** The reply to a question; null is 404. */
type Answers = (path: string, body: Body) => Body | null;

const words = (text: unknown) => String(text).trim().split(/\s+/);
const textOf = (messages: unknown) =>
  (messages as { content: string }[]).map(({ content }) => content).join(" ");

async function withServer<T>(answers: Answers, act: (baseUrl: string) => Promise<T>): Promise<T> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const reply = answers(request.url!, JSON.parse(text));
    response.writeHead(reply === null ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(reply ?? { error: "not found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const counterAt = (baseUrl: string) =>
  serverCounter({ baseUrl, model: "m", headers: {}, signal: new AbortController().signal });

const CHAT = [{ role: "user", content: "one two three" }];

async function counts(answers: Answers) {
  return await withServer(answers, async (baseUrl) => {
    const counter = await counterAt(baseUrl);
    return [await counter.count(CHAT, "completions"), await counter.count(CHAT, "chat")];
  });
}

const counted = (count: number) => ({ count, max_model_len: 2048, tokens: Array(count).fill(7) });

Deno.test("vLLM counts text and chats itself", async () => {
  const vllm: Answers = (path, { prompt, messages, add_generation_prompt }) => {
    if (path !== "/tokenize") return null;
    if (messages) {
      return add_generation_prompt ? counted(words(textOf(messages)).length + 30) : null;
    }
    return prompt === undefined ? null : counted(words(prompt).length);
  };
  assert.deepEqual(await counts(vllm), [3, 33]);
});

Deno.test("llama.cpp renders a chat first", async () => {
  const llama: Answers = (path, { content, messages }) => {
    if (path === "/apply-template") return { prompt: `<s> user ${textOf(messages)} <e> a` };
    if (path !== "/tokenize" || content === undefined) return { tokens: [] };
    return { tokens: words(content).map((_, i) => i) };
  };
  assert.deepEqual(await counts(llama), [3, 7]);
});

Deno.test("where a server counts text alone, its usage tells what the template adds", async () => {
  const sglang = (added: (tokens: number) => number): Answers => (path, { prompt, messages }) => {
    if (path === "/tokenize") return prompt === undefined ? null : counted(words(prompt).length);
    if (path !== "/v1/chat/completions") return null;
    const tokens = words(textOf(messages)).length;
    return { usage: { prompt_tokens: tokens + added(tokens), completion_tokens: 1 } };
  };
  assert.deepEqual(await counts(sglang(() => 14)), [3, 17]);
  await assert.rejects(
    counts(sglang((tokens) => tokens > 5 ? 14 : 15)),
    /adds 15 tokens to one prompt and 14 to another.*`api: completions`/,
  );
});

Deno.test("a server that counts nothing is refused with what was tried and what to do", async () => {
  await assert.rejects(
    counts(() => null),
    /counts no tokens \(tried .*`prompt`, .*`content`\); set `tokenizer` of this entry to a folder/,
  );
});

import assert from "node:assert/strict";
import type { PreparedRequest } from "./exchange.ts";
import { encodeJson } from "./http_socket.ts";
import { packRequests, unpackRequests } from "./packed_requests.ts";
import { FiledRequests, RequestFileWriter, type RequestList } from "./request_file.ts";
import { RequestStore } from "./request_store.ts";

async function withPath(test: (path: string) => void | Promise<void>) {
  const dir = Deno.makeTempDirSync();
  try {
    await test(`${dir}/bodies`);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), []);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Bodies of 0 to 70 bytes and some that are longer than a piece. */
function requests(count: number): PreparedRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    prompt_id: `p/${i}`,
    max_tokens: i + 1,
    ...(i % 2 === 0 ? {} : { api: "completions" as const, asked_prompt_tokens: 7 * i }),
    body: i % 11 === 0
      ? new Uint8Array()
      : encodeJson({ text: "ü".repeat(i % 9 === 0 ? 500 : i % 25) }),
  }));
}

const plain = (list: RequestList) =>
  Array.from({ length: list.length }, (_, i) => {
    const { prompt_id, max_tokens, api, asked_prompt_tokens, body } = list.at(i)!;
    return { ...{ prompt_id, max_tokens, api, asked_prompt_tokens }, body: [...body] };
  });

function storeOf(path: string, all: PreparedRequest[], mostBytes: number) {
  const store = new RequestStore(path, { mostBytes, pieceBytes: 300 });
  for (const request of all) store.add(request);
  return store;
}

Deno.test("requests come out as they went in, held or filed, and no file is left", () =>
  withPath(async (path) => {
    const all = requests(200);
    for (const mostBytes of [1e9, 2000, 0]) {
      await using store = storeOf(path, all, mostBytes);
      assert.deepEqual(plain(store.finish()), plain(all), `${mostBytes} bytes held`);
    }
  }));

Deno.test("few bodies make no file; a store that was never finished leaves none", () =>
  withPath(async (path) => {
    await using _few = storeOf(path, requests(200), 1e9);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
    await using _unfinished = storeOf(path, requests(200), 0);
    assert.ok(Deno.statSync(path).isFile);
  }));

Deno.test("filed requests pass to other threads by their places, and are read there", () =>
  withPath(async (path) => {
    const all = requests(200);
    await using store = storeOf(path, all, 0);
    const packed = packRequests(store.finish());
    assert.ok(!("bodies" in packed));
    await using unpacked = unpackRequests(structuredClone(packed));
    assert.deepEqual(plain(unpacked.requests), plain(all));
  }));

Deno.test("turns of conversations are held, since each is written anew with what was said", () =>
  withPath(async (path) => {
    const turn = { conversation: 1, turn: 0, messages: [], bodyAfter: () => new Uint8Array() };
    const all = requests(20).map((request) => ({ ...request, turn }));
    await using store = storeOf(path, all, 0);
    assert.deepEqual(store.finish(), all);
  }));

Deno.test("requests are read a piece ahead of those that are asked for", () =>
  withPath(async (path) => {
    const all = requests(300);
    const writer = new RequestFileWriter(path, { pieceBytes: 300 });
    all.forEach((request) => writer.add(request));
    await using filed = writer.finish();
    const { firsts, pieces } = filed.places;
    assert.ok(pieces.length > 20);
    assert.deepEqual(filed.at(1)!.body, all[1]!.body);
    await filed.settled();
    Deno.truncateSync(path);
    for (let i = 0; i < firsts[2]!; i++) assert.deepEqual(filed.at(i)!.body, all[i]!.body);
    await filed.settled();
    assert.throws(() => filed.at(firsts[3]!), /bodies ends before its last request/);
    assert.deepEqual(filed.at(1)!.body, all[1]!.body);
    Deno.removeSync(path);
  }));

Deno.test("a request in flight is whole although its piece is long gone", () =>
  withPath(async (path) => {
    const all = requests(200);
    await using store = storeOf(path, all, 0);
    const list = store.finish();
    const first = list.at(1)!;
    assert.deepEqual(plain(list), plain(all));
    assert.deepEqual(plain([first]), plain([all[1]!]));
    assert.deepEqual([list.at(200), list.at(-1)], [undefined, undefined]);
  }));

Deno.test("a nameless file is in no folder while it is written and read", () =>
  withPath(async (path) => {
    const all = requests(200);
    await using store = new RequestStore(path, { mostBytes: 0, pieceBytes: 300, nameless: true });
    for (const request of all) store.add(request);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
    const list = store.finish();
    assert.deepEqual(plain(list), plain(all));
    assert.throws(() => new FiledRequests((list as FiledRequests).places), Deno.errors.NotFound);
  }));

import assert from "node:assert/strict";
import { encodeJson } from "./http_socket.ts";
import { packRequests, unpackRequests } from "./packed_requests.ts";

Deno.test("packed requests come out as they were, their bodies outside shared memory", async () => {
  const requests = ["", "é", "x".repeat(1000)].map((content, i) => ({
    prompt_id: `p/${i}`,
    max_tokens: i + 1,
    body: encodeJson({ content }),
  }));
  const packed = structuredClone(packRequests(requests));
  await using unpacking = unpackRequests(packed);
  const unpacked = requests.map((_, i) => unpacking.requests.at(i)!);
  assert.deepEqual(unpacked.map((request) => ({ ...request })), requests);
  assert.ok(unpacked[1]!.body.buffer instanceof ArrayBuffer);
});

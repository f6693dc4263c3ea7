import assert from "node:assert/strict";
import { encodeJson, requestBytes, requestHead } from "./http_socket.ts";

Deno.test("a request is a head with its length in bytes, then the body", () => {
  const server = { baseUrl: "http://example.org:81/v1/", headers: { authorization: "Bearer k" } };
  const bytes = requestBytes(requestHead(server, "/chat/completions"), encodeJson({ a: "é" }));
  assert.equal(
    new TextDecoder().decode(bytes),
    "POST /v1/chat/completions HTTP/1.1\r\nhost: example.org:81\r\nauthorization: Bearer k\r\n" +
      'content-type: application/json\r\ncontent-length: 10\r\n\r\n{"a":"é"}',
  );
});

Deno.test("a header that would end its line is refused by its name, without its value", () => {
  for (const value of ["k\r\nx: y", "k\n", "clé"]) {
    const server = { baseUrl: "http://h/v1", headers: { authorization: value } };
    assert.throws(() => requestHead(server, "/x"), (error: Error) => {
      assert.match(error.message, /"authorization" cannot be sent/);
      assert.ok(!error.message.includes(value));
      return true;
    });
  }
});

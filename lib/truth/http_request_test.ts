import assert from "node:assert/strict";
import { RequestReader } from "./http_request.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const POST = 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nContent-Length: 7\r\n\r\n{"é":1}';

Deno.test("a request is read however its bytes are cut", () => {
  const whole = bytes(POST.replace("7", "8"));
  for (let cut = 0; cut <= whole.length; cut++) {
    const reader = new RequestReader();
    const seen = [...reader.add(whole.subarray(0, cut)), ...reader.add(whole.subarray(cut))];
    assert.deepEqual(seen, [{
      method: "POST",
      target: "/v1/chat/completions",
      body: '{"é":1}',
    }]);
  }
});

Deno.test("one read may hold several requests", () => {
  const get = "GET /truth?after=3 HTTP/1.1\r\n\r\n";
  const seen = new RequestReader().add(bytes(get + get));
  assert.deepEqual(seen.map(({ target, body }) => [target, body]), [
    ["/truth?after=3", ""],
    ["/truth?after=3", ""],
  ]);
});

Deno.test("what is no HTTP/1.1, or far too long, is refused", () => {
  assert.throws(() => new RequestReader().add(bytes("hello\r\n\r\n")), /no HTTP/);
  assert.throws(() => new RequestReader().add(new Uint8Array(5 * 2 ** 20)), /more than/);
});

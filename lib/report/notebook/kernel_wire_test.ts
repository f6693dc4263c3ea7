import assert from "node:assert/strict";
import { decodeMessage, encodeRequest, sign } from "./kernel_wire.ts";
import type { Message } from "./zmtp.ts";

Deno.test("sign() gives test case 2 of RFC 4231, however the text is cut", () => {
  const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  assert.equal(sign("Jefe", ["what do ya want ", "for ", "nothing?"]), expected);
});

Deno.test("decodeMessage() reads what follows the routing frames", () => {
  const { frames } = encodeRequest("key", "execute_request", { code: "1" });
  const routed = [new Uint8Array([1, 2]), ...frames] as Message;
  const message = decodeMessage("key", routed);
  assert.deepEqual(message, { type: "execute_request", parentId: "", content: { code: "1" } });
});

Deno.test("decodeMessage() refuses a message that another key has signed, or that is none", () => {
  const { frames } = encodeRequest("their key", "status", {});
  assert.throws(() => decodeMessage("key", frames as Message), /wrong signature/);
  assert.throws(() => decodeMessage("key", frames.slice(2) as Message), /no Jupyter message/);
});

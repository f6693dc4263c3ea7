import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { BodyWriter, cutInsideCharacter, PARTED_SHARE } from "./body_writer.ts";

/** A response that notes its writes; `ended` resolves when the body ends. */
function notedResponse() {
  const writes: Uint8Array[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const response = {
    cork() {},
    uncork() {},
    write: (piece: Uint8Array) => writes.push(piece),
    end: () => resolve("end"),
    destroy: () => resolve("destroy"),
  };
  return { writes, ended, response: response as unknown as ServerResponse };
}

const always = () => 0;
const never = () => PARTED_SHARE;

function joined(writes: Uint8Array[]): string {
  return new TextDecoder().decode(new Uint8Array(writes.flatMap((piece) => [...piece])));
}

Deno.test("a parted frame leaves in two writes, cut inside a character", async () => {
  const { writes, ended, response } = notedResponse();
  const writer = new BodyWriter(response, always);
  writer.write(["plain", "größer"]);
  assert.equal(writes.length, 2);
  assert.ok(writes[1]!.at(-1)! >= 0xc2, "the first part ends with the first byte of a character");
  writer.end();
  assert.equal(await ended, "end");
  assert.equal(writes.length, 3);
  assert.equal(joined(writes), "plaingrößer");
});

Deno.test("what is written while a part is held back comes after it", async () => {
  const { writes, ended, response } = notedResponse();
  const writer = new BodyWriter(response, always);
  writer.write(["ä"]);
  writer.write(["b"]);
  writer.write(["ö"]);
  writer.drop();
  assert.equal(await ended, "destroy");
  assert.equal(joined(writes), "äbö");
});

Deno.test("frames stay whole when the draw says so or when all characters are single bytes", () => {
  for (const [random, frame] of [[never, "größer"], [always, "plain"]] as const) {
    const { writes, response } = notedResponse();
    new BodyWriter(response, random).write([frame]);
    assert.equal(joined(writes), frame);
    assert.equal(writes.length, 1);
  }
});

Deno.test("the cut is after the first byte of the first long character", () => {
  assert.equal(cutInsideCharacter(new TextEncoder().encode("ab猫")), 3);
  assert.equal(cutInsideCharacter(new TextEncoder().encode("abc")), null);
});

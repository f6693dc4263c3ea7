import assert from "node:assert/strict";
import { encodeFrame, ZmtpSocket } from "./zmtp.ts";

const utf8 = new TextEncoder();

// Byte for byte after RFC 23/ZMTP 3.0.
const GREETING = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, ...utf8.encode("NULL")];
const READY_HEAD = [0x04, 0x19, 5, ...utf8.encode("READY"), 11, ...utf8.encode("Socket-Type")];

Deno.test("encodeFrame() writes short and long frames as ZMTP 3.0 says", () => {
  assert.deepEqual([...encodeFrame(utf8.encode("Hi"), 1)], [1, 2, 0x48, 0x69]);
  const long = encodeFrame(new Uint8Array(258), 0);
  assert.deepEqual([...long.subarray(0, 10)], [2, 0, 0, 0, 0, 0, 0, 1, 2, 0]);
  assert.equal(long.length, 9 + 258);
});

Deno.test("a SUB socket shakes hands, subscribes to all and reads messages cut anywhere", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const big = new Uint8Array(100_000).fill(7);
  const serve = async () => {
    using conn = await listener.accept();
    const received = readExactly(conn, 64 + 27 + 3);
    const ping = encodeFrame(utf8.encode("\x04PING"), 4);
    const message = [...encodeFrame(utf8.encode("topic"), 1), ...ping, ...encodeFrame(big, 0)];
    for (const part of cut([...greetingOf(3), ...readyOf("PUB"), ...message], 777)) {
      await conn.write(part);
    }
    return await received;
  };
  const served = serve();
  using socket = await ZmtpSocket.connect(listener.addr.port, "SUB");
  const [topic, body] = (await socket.receive())!;
  assert.equal(new TextDecoder().decode(topic), "topic");
  assert.deepEqual(body, big);
  assert.equal(await socket.receive(), null);
  const received = await served;
  assert.deepEqual([...received.subarray(0, 16)], GREETING);
  assert.deepEqual([...received.subarray(64, 64 + 20)], READY_HEAD);
  assert.deepEqual([...received.subarray(91)], [0, 1, 1]);
});

Deno.test("connect() says so when something else than a kernel listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async () => {
    using conn = await listener.accept();
    await conn.write(utf8.encode("HTTP/1.1 400 Bad Request\r\n".padEnd(64)));
  };
  const served = serve();
  await assert.rejects(ZmtpSocket.connect(listener.addr.port, "DEALER"), /no ZMTP 3 greeting/);
  await served;
});

function greetingOf(version: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([...GREETING.slice(0, 10), version, ...GREETING.slice(11)]);
  return bytes;
}

function readyOf(kind: string): Uint8Array {
  return new Uint8Array([...READY_HEAD, 0, 0, 0, 3, ...utf8.encode(kind)]);
}

function* cut(bytes: number[], size: number): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield new Uint8Array(bytes.slice(i, i + size));
}

async function readExactly(conn: Deno.TcpConn, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await conn.read(bytes.subarray(at));
    if (got === null) throw new Error(`the connection ended after ${at} bytes`);
    at += got;
  }
  return bytes;
}

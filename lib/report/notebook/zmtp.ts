/**
 * The client side of ZMTP 3.0 with the NULL mechanism: just enough of ZeroMQ to talk to a Jupyter
 * kernel on this machine. The `zeromq` package is no way out: its prebuilt addon loads under Deno
 * 2.9, but a receive that has to wait is never woken.
 */

/** One frame is bytes; one message is the frames up to the first without the "more" flag. */
export type Message = Uint8Array<ArrayBuffer>[];

const MORE = 0x01;
const LONG = 0x02;
const COMMAND = 0x04;

const FRAME_BYTES_MAX = 256 * 1024 * 1024;

const utf8 = new TextEncoder();

export class ZmtpSocket implements Disposable {
  private constructor(private readonly conn: Deno.TcpConn, private readonly input: ByteQueue) {}

  /**
   * Connects to 127.0.0.1:`port` and shakes hands; a SUB socket also subscribes to everything.
   * Throws `Deno.errors.ConnectionRefused` while nobody listens, or an Error when the other side
   * does not speak ZMTP 3 with NULL.
   */
  static async connect(port: number, kind: "DEALER" | "SUB"): Promise<ZmtpSocket> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const socket = new ZmtpSocket(conn, new ByteQueue(conn));
    try {
      await socket.shakeHands(port, kind);
      if (kind === "SUB") await socket.send([new Uint8Array([1])]);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Sends one message. */
  async send(frames: Uint8Array[]): Promise<void> {
    const bytes = frames.map((frame, i) => encodeFrame(frame, i < frames.length - 1 ? MORE : 0));
    await writeAll(this.conn, concat(bytes));
  }

  /** The next message, or null once the connection has ended. */
  async receive(): Promise<Message | null> {
    const frames: Message = [];
    while (true) {
      const frame = await this.input.readFrame();
      if (frame === null) return null;
      if (frame.flags & COMMAND) continue;
      frames.push(frame.body);
      if (!(frame.flags & MORE)) return frames;
    }
  }

  close(): void {
    try {
      this.conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private async shakeHands(port: number, kind: string): Promise<void> {
    await writeAll(this.conn, greeting());
    const theirs = await this.input.read(64);
    if (theirs === null || theirs[0] !== 0xff || theirs[9] !== 0x7f || theirs[10]! < 3) {
      throw new Error(
        `no ZMTP 3 greeting on 127.0.0.1:${port}: something else than a Jupyter kernel listens there`,
      );
    }
    await writeAll(this.conn, encodeFrame(ready(kind), COMMAND));
    const answer = await this.input.readFrame();
    const name = answer && new TextDecoder().decode(answer.body.subarray(1, 1 + answer.body[0]!));
    if (name !== "READY") {
      throw new Error(
        `the ZMTP handshake on 127.0.0.1:${port} ended with ${name ?? "a closed connection"} ` +
          `where READY was expected`,
      );
    }
  }
}

function greeting(): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
  bytes.set(utf8.encode("NULL"), 12);
  return bytes;
}

function ready(kind: string): Uint8Array {
  return concat([shortText("READY"), shortText("Socket-Type"), longText(kind)]);
}

function shortText(text: string): Uint8Array {
  const bytes = utf8.encode(text);
  return concat([new Uint8Array([bytes.length]), bytes]);
}

function longText(text: string): Uint8Array {
  const bytes = utf8.encode(text);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, bytes.length);
  return concat([size, bytes]);
}

/** Flags, length (1 byte, or 8 above 255) and body. */
export function encodeFrame(body: Uint8Array, flags: number): Uint8Array {
  if (body.length <= 255) return concat([new Uint8Array([flags, body.length]), body]);
  const head = new Uint8Array(9);
  head[0] = flags | LONG;
  new DataView(head.buffer).setBigUint64(1, BigInt(body.length));
  return concat([head, body]);
}

/** Reads exact numbers of bytes from a connection that hands out chunks of any size. */
class ByteQueue {
  private chunks: Uint8Array<ArrayBuffer>[] = [];
  private length = 0;

  constructor(private readonly conn: Deno.TcpConn) {}

  async readFrame(): Promise<{ flags: number; body: Uint8Array<ArrayBuffer> } | null> {
    const head = await this.read(2);
    if (head === null) return null;
    const flags = head[0]!;
    let size = head[1]!;
    if (flags & LONG) {
      const rest = await this.read(7);
      if (rest === null) return null;
      const bytes = concat([head.subarray(1), rest]);
      size = Number(new DataView(bytes.buffer).getBigUint64(0));
    }
    if (size > FRAME_BYTES_MAX) throw new Error(`a ZMTP frame of ${size} bytes is too long`);
    const body = await this.read(size);
    return body && { flags, body };
  }

  /** Exactly `count` bytes, or null when the connection ends first. */
  async read(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    while (this.length < count) {
      const chunk = new Uint8Array(64 * 1024);
      const got = await this.readChunk(chunk);
      if (got === null) return null;
      this.chunks.push(chunk.subarray(0, got));
      this.length += got;
    }
    const all = this.chunks.length === 1 ? this.chunks[0]! : concat(this.chunks);
    this.chunks = count < all.length ? [all.subarray(count)] : [];
    this.length -= count;
    return all.slice(0, count);
  }

  private async readChunk(chunk: Uint8Array): Promise<number | null> {
    try {
      return await this.conn.read(chunk);
    } catch (error) {
      if (isDisconnect(error)) return null;
      throw error;
    }
  }
}

/** A reset by a kernel that was killed, or our own close during a read. */
function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted;
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

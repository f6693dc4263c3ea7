/** Jupyter messages as frames: `<IDS|MSG>`, signature, header, parent header, metadata, content. */
import { createHmac, randomUUID } from "node:crypto";
import type { Message } from "./zmtp.ts";

const DELIMITER = "<IDS|MSG>";

const utf8 = new TextEncoder();
const text = new TextDecoder();

export interface JupyterMessage {
  type: string;
  /** `msg_id` of the request this message belongs to; empty when it belongs to none. */
  parentId: string;
  content: Record<string, unknown>;
}

/** A request ready to send, with the id that its reply will name as parent. */
export function encodeRequest(
  key: string,
  type: string,
  content: Record<string, unknown>,
): { id: string; frames: Uint8Array[] } {
  const id = randomUUID();
  const header = {
    msg_id: id,
    session: "notebook-run",
    username: "notebook-run",
    date: new Date().toISOString(),
    msg_type: type,
    version: "5.3",
  };
  const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return { id, frames: [DELIMITER, sign(key, parts), ...parts].map((part) => utf8.encode(part)) };
}

/** Throws when the frames are no Jupyter message or the signature does not fit `key`. */
export function decodeMessage(key: string, frames: Message): JupyterMessage {
  const parts = frames.map((frame) => text.decode(frame));
  const at = parts.indexOf(DELIMITER);
  const [signature, ...signed] = parts.slice(at + 1, at + 6);
  if (at < 0 || signed.length < 4) {
    throw new Error(`the kernel sent ${parts.length} frames that are no Jupyter message`);
  }
  if (signature !== sign(key, signed)) {
    throw new Error(
      "the kernel sent a message with a wrong signature: is another client's kernel on this port?",
    );
  }
  const [header, parent, , content] = signed.map((part) => JSON.parse(part));
  return { type: header.msg_type, parentId: parent.msg_id ?? "", content };
}

/** HMAC-SHA256 over the four JSON parts, in hexadecimal. */
export function sign(key: string, parts: string[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

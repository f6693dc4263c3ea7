/** What a server's answer says to people, in one short line. */
import { cutText } from "@/config/cut_text.ts";

const LONGEST = 300;

/**
 * The message of a failed answer's body: of the JSON that OpenAI-compatible servers send (vLLM and
 * llama.cpp `error.message`, SGLang and TensorRT-LLM `message`, FastAPI `detail`), the title of an
 * HTML page, or the body's beginning.
 */
export function serverMessage(body: string): string {
  return shortened(ofJson(body) ?? ofHtml(body) ?? (body.trim() || "(empty body)"));
}

/** One line of at most 300 characters. */
export function shortened(text: string): string {
  return cutText(text.slice(0, 20 * LONGEST).replaceAll(/\s+/g, " ").trim(), LONGEST);
}

/** What an HTML page calls itself; null where the text is no HTML page. */
export function ofHtml(text: string): string | null {
  if (!/^\s*(<!doctype html|<html|<head|<body)/i.test(text)) return null;
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1] ?? "";
  return title.trim() === "" ? "an HTML page" : `an HTML page, "${shortened(title)}"`;
}

function ofJson(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { error, message, detail } = fieldsOf(value);
  const said = [error, fieldsOf(error)["message"], message, detail, detailsOf(detail)];
  return said.find((text): text is string => typeof text === "string" && text !== "") ?? null;
}

/** FastAPI's list of what is wrong with the request: where and what. */
function detailsOf(detail: unknown): string {
  if (!Array.isArray(detail)) return "";
  return detail.map(fieldsOf).map(({ loc, msg }) =>
    Array.isArray(loc) ? `${loc.join(".")}: ${msg}` : String(msg)
  ).join("; ");
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

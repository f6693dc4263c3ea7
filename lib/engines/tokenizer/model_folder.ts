/** Token counts from a model's own files, without a server: tokenizer.json and the chat template. */
import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import { Tokenizer } from "@huggingface/tokenizers";
import type { Message } from "../engine.ts";
import { completionPrompt, type TokenCounter } from "./token_counter.ts";

type Json = Record<string, unknown>;

const FILES = "tokenizer.json and tokenizer_config.json";

/**
 * A counter that reads the folder of a served model. Throws an Error that says what is missing or
 * wrong in it and what to do.
 */
export function folderCounter(folder: string): TokenCounter {
  const config = readJson(join(folder, "tokenizer_config.json"));
  const tokenizer = new Tokenizer(readJson(join(folder, "tokenizer.json")), config);
  const template = chatTemplate(folder, config);
  const specials = Object.fromEntries(
    ["bos_token", "eos_token", "unk_token", "pad_token"].map((name) => [
      name,
      contentOf(config[name]),
    ]),
  );
  const rendered = (messages: readonly Message[]) => {
    if (template === null) {
      throw new Error(
        `${folder} holds no chat template; use \`api: completions\` or a folder with chat_template.jinja`,
      );
    }
    return template.render({ messages: [...messages], add_generation_prompt: true, ...specials });
  };
  return {
    about: `${FILES} of the model`,
    count: (messages, api) =>
      api === "completions"
        ? tokenizer.encode(completionPrompt(messages)).ids.length
        // The template writes the special tokens itself.
        : tokenizer.encode(rendered(messages), { add_special_tokens: false }).ids.length,
  };
}

function readJson(path: string): Json {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "is not there" : (error as Error).message;
    throw new Error(`${path}: ${why}; set \`tokenizer\` to a folder with ${FILES}`);
  }
}

/** A file of its own in newer models, else a part of the tokenizer's config. */
function chatTemplate(folder: string, config: Json): Template | null {
  const told = config["chat_template"];
  const named = Array.isArray(told) ? told.find(({ name }) => name === "default")?.template : told;
  const text = readText(join(folder, "chat_template.jinja")) ?? named;
  return typeof text === "string" ? new Template(text) : null;
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

/** A special token is a text, or an object that holds one. */
function contentOf(token: unknown): string | undefined {
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}

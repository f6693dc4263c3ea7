/** Counts tokens as a server does, so that prompts can be given the length that was asked for. */
import type { Api } from "@/config/workload_schema.ts";
import type { Message } from "../engine.ts";

export interface TokenCounter {
  /** Who counts, for people. */
  about: string;
  /**
   * Tokens of a request's prompt, as the server's `usage.prompt_tokens` has them: of a chat with the
   * template around it, of a completion with the special tokens that the model puts before text.
   */
  count(messages: readonly Message[], api: Api): number | Promise<number>;
}

/** Where an entry's tokens can be counted. */
export type TokenizerSource =
  /** A folder of the Hugging Face form: tokenizer.json, its config and the chat template. */
  | { from: "folder"; folder: string }
  /** The server itself, once it is up. */
  | { from: "server" }
  | { from: "known"; counter: TokenCounter }
  | { from: "none"; why: string; what_to_do: string };

/** The text of a completion's prompt: the messages' contents, in order. */
export function completionPrompt(messages: readonly Message[]): string {
  return messages.map(({ content }) => content).join("\n\n");
}

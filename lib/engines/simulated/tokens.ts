/** The simulated engine's tokenizer: a rough count for prompts, seeded tokens for answers. */
import { randomFrom } from "@/config/seeds.ts";

/** Tokens that a chat template adds: for each message, and once to open the answer. */
const TEMPLATE_TOKENS_PER_MESSAGE = 4;
const TEMPLATE_TOKENS_ONCE = 3;

const CHARACTERS_PER_PIECE = 8;
const MEAN_NATURAL_LENGTH = 200;

/** Share of tokens that begin a character whose bytes come in two tokens. */
const SPLIT_CHARACTER_SHARE = 0.08;

const WORDS =
  " the of and to in is that it for as with was on be at by this are from or an which one all can more has when there time will some each other into than its about two only new also after work first may such any over where through back most many then them should well"
    .split(/(?= )/);
const MARKS = [",", ".", ";", ":", "\n", "!", " naïve", " größer", " señor", "—"];
const SPLIT_CHARACTERS = ["é", "ß", "Ж", "€", "猫", "語", "🙂", "🚀"];

/** Says in every answer where it comes from; also whole, so that the first token always has text. */
const FIRST_TOKEN = "Simulated";

export interface ChatMessage {
  role: string;
  content: string;
}

/** Tokens of a prompt: pieces of words, numbers and single marks. */
export function countPromptTokens(prompt: string): number {
  const pieces = prompt.match(/[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
  return pieces.reduce(
    (sum, piece) => sum + Math.ceil([...piece].length / CHARACTERS_PER_PIECE),
    0,
  );
}

/** Tokens of a chat, its template included. */
export function countChatTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce(
    (sum, message) => sum + TEMPLATE_TOKENS_PER_MESSAGE + countPromptTokens(message.content),
    TEMPLATE_TOKENS_ONCE,
  );
}

/** Where an answer to this prompt would end by itself: exponential, mean 200 tokens, at least 1. */
export function naturalLength(seed: number, prompt: string): number {
  const random = randomFrom(seed, "length", prompt);
  return 1 + Math.floor(-Math.log(1 - random()) * MEAN_NATURAL_LENGTH);
}

/**
 * The bytes of the answer's tokens, without end. The same seed and prompt give the same tokens,
 * whatever else the server does. Some tokens end in the middle of a character.
 */
export function* answerTokens(seed: number, prompt: string): Generator<Uint8Array, never> {
  const random = randomFrom(seed, "answer", prompt);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  const encoder = new TextEncoder();
  yield encoder.encode(FIRST_TOKEN);
  for (;;) {
    const kind = random();
    if (kind < SPLIT_CHARACTER_SHARE) {
      const bytes = encoder.encode(pick(SPLIT_CHARACTERS));
      const cut = 1 + Math.floor(random() * (bytes.length - 1));
      yield bytes.subarray(0, cut);
      yield bytes.subarray(cut);
    } else {
      yield encoder.encode(pick(kind < 0.2 ? MARKS : WORDS));
    }
  }
}

/** The bytes of an answer of one token over and over, as a broken engine gives it. */
export function* nonsenseTokens(): Generator<Uint8Array, never> {
  for (;;) yield new TextEncoder().encode("!");
}

/**
 * Turns tokens into text one at a time. Bytes of an unfinished character are held back; what is
 * unfinished after the last token becomes U+FFFD.
 */
export class Detokenizer {
  #decoder = new TextDecoder();

  text(token: Uint8Array, last: boolean): string {
    return this.#decoder.decode(token, { stream: !last });
  }
}

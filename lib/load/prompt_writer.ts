/** Writes prompts that take an exact number of tokens, by a server's own way of counting. */
import type { Api } from "@/config/workload_schema.ts";
import type { TokenCounter } from "@/engines/tokenizer/token_counter.ts";
import { WORDS } from "./words.ts";

/** Below so many words that take one token each, all are used and lengths are found by trying. */
const FEWEST_WORDS = 64;
/** How often a text is lengthened or shortened before its length is called impossible. */
const MOST_TRIES = 100;

type Count = (text: string) => number | Promise<number>;

export class PromptWriter {
  readonly #counter: TokenCounter;
  readonly #words: readonly string[];
  readonly #overheads = new Map<Api, Promise<number>>();

  readonly #perWord: number;

  private constructor(counter: TokenCounter, words: readonly string[], perWord: number) {
    this.#counter = counter;
    this.#words = words;
    this.#perWord = perWord;
  }

  /** A writer whose words take one token each in the middle of a text, if there are enough of them. */
  static async using(counter: TokenCounter): Promise<PromptWriter> {
    const count = (text: string) => counter.count([{ role: "user", content: text }], "completions");
    const without = await count("the the");
    const single: string[] = [];
    for (const word of WORDS) if (await count(`the ${word} the`) === without + 1) single.push(word);
    if (single.length >= FEWEST_WORDS) return new PromptWriter(counter, single, 1);
    const all = await count(WORDS.join(" "));
    return new PromptWriter(counter, WORDS, Math.max(1, all / WORDS.length));
  }

  /** Who counts, for people. */
  get countedBy(): string {
    return this.#counter.about;
  }

  /** Tokens that stand around the text of a prompt: a chat's template, a completion's special tokens. */
  overhead(api: Api): Promise<number> {
    const known = this.#overheads.get(api) ?? this.#measureOverhead(api);
    this.#overheads.set(api, known);
    return known;
  }

  /** Fewest tokens that a prompt takes. */
  async shortest(api: Api): Promise<number> {
    return await this.overhead(api) + 1;
  }

  /**
   * The text of one user's message that makes a prompt of so many tokens, all told; it goes on from
   * `beginning`. Throws when there is no such text.
   */
  async prompt(
    tokens: number,
    api: Api,
    random: () => number,
    beginning?: string,
  ): Promise<string> {
    const shortest = await this.shortest(api);
    if (tokens < shortest) {
      const why = api === "chat" ? "the chat template alone takes" : "special tokens take";
      throw new Error(
        `a prompt of ${tokens} tokens cannot be written: ${why} ${
          shortest - 1
        }; ask for at least ` +
          `${shortest}${api === "chat" ? ", or use `api: completions`" : ""}`,
      );
    }
    return await this.#write(tokens, (text) => this.#count(text, api), random, beginning);
  }

  /** A text of so many tokens by itself, as a later turn of a conversation. */
  async text(tokens: number, random: () => number): Promise<string> {
    const special = await this.overhead("completions");
    const count = async (text: string) => await this.#count(text, "completions") - special;
    return await this.#write(tokens, count, random);
  }

  #count(content: string, api: Api): number | Promise<number> {
    return this.#counter.count([{ role: "user", content }], api);
  }

  /** Twice one word less two words: what is there once, whatever the text. */
  async #measureOverhead(api: Api): Promise<number> {
    return 2 * await this.#count("the", api) - await this.#count("the the", api);
  }

  /** Guesses a token a word, counts, and adds or takes words away until the count is right. */
  async #write(
    tokens: number,
    count: Count,
    random: () => number,
    beginning?: string,
  ): Promise<string> {
    const begun = beginning === undefined ? [] : [beginning];
    const word = () => this.#words[Math.floor(random() * this.#words.length)]!;
    const words: string[] = [];
    const textOf = () => [...begun, ...words].join(" ");
    let missing = tokens - await count(beginning ?? "the") + (beginning === undefined ? 1 : 0);
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const change = Math.max(1, Math.round(Math.abs(missing) / this.#perWord));
      if (missing > 0) words.push(...Array.from({ length: change }, word));
      // Some more go than are too many, so that other words may fit better.
      else words.splice(Math.max(0, words.length - change - Math.floor(random() * tries)));
      if (words.length === 0) words.push(word());
      missing = tokens - await count(textOf());
      if (missing === 0) return textOf();
    }
    throw new Error(`no text of ${tokens} tokens was found in ${MOST_TRIES} tries`);
  }
}

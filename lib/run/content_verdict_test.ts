import assert from "node:assert/strict";
import { answerTokens, Detokenizer } from "@/engines/simulated/tokens.ts";
import { contentFault } from "./content_verdict.ts";

// Greedy answers of SmolLM2-135M-Instruct in BF16 on vLLM 0.32.0 (CPU): small, partly wrong, text.
const TEXT = [
  "The capital of France is Paris.",
  "The answer to this classic question is: 8.\n\nSpider silk is incredibly strong and flexible, allowing it to move incredibly quickly. It's a",
  "The planet we live on is called Kepler-41B. It's a terrestrial planet, similar to Earth, but with a slightly different orbit.",
  "The sky on a clear day is often described as a deep, rich, and vibrant shade of blue. This is due to the Earth's atmosphere, which is",
  "8",
  "巴黎是法国的首都。",
  "Blue 🙂!",
];

Deno.test("answers of a real small model have the form of text, whether they are true or not", () => {
  for (const text of TEXT) assert.equal(contentFault(text), null, text);
});

Deno.test("answers of no engine that works are told by their fault", () => {
  const cases: [string, string | null][] = [
    ["", "empty"],
    [" \n\n ", "empty"],
    ["!".repeat(32), "repeated"],
    ["the the the the the the the the", "repeated"],
    ["The" + " capital of".repeat(15), "repeated"],
    ["one two three four ".repeat(8), "repeated"],
    ["\uFFFD\uFFFD Pa\uFFFDris", "no text"],
    ["\u0000\u0001\u0002 Paris", "no text"],
  ];
  for (const [text, fault] of cases) assert.equal(contentFault(text), fault, JSON.stringify(text));
});

Deno.test("what simulated engines say passes as text, also where it ends in half a character", () => {
  for (let seed = 0; seed < 200; seed++) {
    const tokens = answerTokens(seed, "What is the capital of France?");
    const detokenizer = new Detokenizer();
    let text = "";
    for (let i = 0; i < 32; i++) text += detokenizer.text(tokens.next().value, i === 31);
    assert.equal(contentFault(text), null, text);
  }
});

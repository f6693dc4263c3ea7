/** Whether an answer has the form of text. A small model may be wrong; a broken one repeats itself. */
import type { ContentFault, ContentProbe } from "@/records/startup_record.ts";

/** From this share on an answer is called by its fault. */
const MOST = 0.8;
const LARGEST_SHARE_OF_NO_TEXT = 0.1;

/** What repeats is sought with these cycles, in answers that are long enough to tell. */
const CYCLES = [
  { split: (text: string) => [...text], longest: 8, least: 12 },
  { split: (text: string) => text.split(/\s+/), longest: 4, least: 8 },
];

/** The fault of an answer's text; null where it has the form of text. */
export function contentFault(text: string): ContentFault | null {
  const answer = text.trim();
  if (answer === "") return "empty";
  const characters = [...answer];
  const odd = characters.filter((character) => /[\uFFFD\p{Cc}\p{Co}\p{Cn}]/u.test(character))
    .filter((character) => !/[\n\r\t]/.test(character));
  if (odd.length >= LARGEST_SHARE_OF_NO_TEXT * characters.length) return "no text";
  return CYCLES.some((cycle) => repeats(cycle.split(answer), cycle)) ? "repeated" : null;
}

function repeats(parts: string[], { longest, least }: { longest: number; least: number }): boolean {
  if (parts.length < least) return false;
  return Array.from({ length: longest }, (_, i) => i + 1).some((cycle) => {
    const equal = parts.filter((part, i) => i >= cycle && part === parts[i - cycle]).length;
    return equal >= MOST * (parts.length - cycle);
  });
}

/** The verdict over a launch's answers: one that is no text makes it suspect. */
export function contentVerdict(answers: ContentProbe["answers"]): ContentProbe["verdict"] {
  return answers.some(({ fault }) => fault !== null) ? "SUSPECT" : "text";
}

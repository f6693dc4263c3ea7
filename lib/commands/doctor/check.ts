/** What the doctor says of one thing. */
export type Level = "ok" | "warning" | "blocker";

export interface Check {
  /** What it is about, e.g. `driver`. */
  topic: string;
  level: Level;
  found: string;
  /** A command or a step; empty where nothing need be done. */
  to_do: string;
}

export const ok = (topic: string, found: string): Check => ({
  topic,
  level: "ok",
  found,
  to_do: "",
});

export const warning = (topic: string, found: string, to_do: string): Check => ({
  topic,
  level: "warning",
  found,
  to_do,
});

export const blocker = (topic: string, found: string, to_do: string): Check => ({
  topic,
  level: "blocker",
  found,
  to_do,
});

const COLUMNS = 120;

/** Each check with what to do below it, long texts wrapped, and a last line that counts them. */
export function renderChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ topic }) => topic.length));
  const indent = " ".repeat("blocker".length + width + 4);
  const lines = checks.flatMap(({ level, topic, found, to_do }) => {
    const [first, ...more] = wrapped(found, COLUMNS - indent.length);
    const todo = to_do === "" ? [] : wrapped(`to do: ${to_do}`, COLUMNS - indent.length);
    return [
      `${level.padEnd("blocker".length)}  ${topic.padEnd(width)}  ${first}`,
      ...[...more, ...todo].map((line) => indent + line),
    ];
  });
  const count = (wanted: Level) => checks.filter(({ level }) => level === wanted).length;
  const [blockers, warnings] = [count("blocker"), count("warning")];
  const end = blockers > 0
    ? `${blockers} in the way and ${warnings} to look at: this study cannot run here yet`
    : warnings > 0
    ? `nothing in the way, ${warnings} to look at: the study can run, the warnings touch its numbers`
    : "nothing in the way: the study can run";
  return [...lines, "", end].join("\n");
}

/** At the last space before `columns`; a longer word stays whole. */
function wrapped(text: string, columns: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

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

const WIDEST = 120;
/** Below this the texts begin under their topics and not beside them. */
const WIDE = 100;

/** Each check with what to do below it, texts wrapped at `columns`, and a last line that counts them. */
export function renderChecks(checks: readonly Check[], columns = WIDEST): string {
  const level_width = "blocker".length + 2;
  const width = columns < WIDE ? 0 : 2 + Math.max(...checks.map(({ topic }) => topic.length));
  const indent = " ".repeat(level_width + width);
  const room = Math.min(columns, WIDEST) - indent.length;
  const lines = checks.flatMap(({ level, topic, found, to_do }) => {
    const [first, ...more] = wrapped(width === 0 ? `${topic}: ${found}` : found, room);
    const todo = to_do === "" ? [] : wrapped(`to do: ${to_do}`, room);
    const beside = width === 0 ? "" : topic.padEnd(width);
    return [
      `${level.padEnd(level_width)}${beside}${first}`,
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

/** The command that comes next, by what is in the way; `config` is the study's file. */
export function nextCommand(checks: readonly Check[], config: string): string {
  const blockers = checks.filter(({ level }) => level === "blocker");
  const study = `--config ${config}`;
  if (blockers.length === 0) {
    return `next: deno task bench ${study} --dry-run (what it will do and cost), then without --dry-run`;
  }
  const others = blockers.filter(({ topic }) => !topic.startsWith("engine "));
  if (others.length === 0) return `next: deno task setup ${study}, then deno task doctor ${study}`;
  const topics = others.map(({ topic }) => topic).join(", ");
  return `next: put right what blocks (${topics}), then deno task doctor ${study}`;
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

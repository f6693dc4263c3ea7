/**
 * Runs the tests of real engines, one file after the other: all of them, or those whose path holds
 * one of the words. Ends what they should not have left. A file that failed is run once more when all
 * others are done, and what its second try gives counts: a start may be too slow on a busy machine.
 * Says at the end how many passed, and which on the second try.
 *
 *   deno task test:engines [WORD...]
 */
import { join } from "node:path";
import { textOf, until } from "./processes.ts";

const LIB = join(import.meta.dirname!, "..");

/** Inherited by all that the tests start, however far away it moves. */
const MARK = `ENGINE_TESTS=${crypto.randomUUID()}`;

/** Tests by how they ended. */
export interface Counts {
  passed: number;
  failed: number;
  ignored: number;
}

/** From the last line of `deno test`; null where there is none, which a crash leaves. */
export function countsOf(output: string): Counts | null {
  // deno-lint-ignore no-control-regex
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const line = plain.split("\n").findLast((text) => /^(ok|FAILED) \| \d+ passed/.test(text));
  if (line === undefined) return null;
  const count = (word: string) => Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}

/** Names of the tests that did not run. */
export function ignoredIn(output: string): string[] {
  // deno-lint-ignore no-control-regex
  const plain = output.replaceAll(/\x1b\[[0-9;]*m/g, "");
  return [...plain.matchAll(/^(.*) \.\.\. ignored/gm)].map(([, name]) => name!);
}

function testFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? testFiles(join(folder, name))
      : name.endsWith("_engines_test.ts")
      ? [join(folder, name)]
      : []
  ).sort();
}

/** Runs one file, its output passed on as it comes. */
async function runFile(file: string): Promise<{ code: number; output: string }> {
  const [name, value] = MARK.split("=") as [string, string];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", file],
    env: { [name]: value },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const decoder = new TextDecoder();
  let output = "";
  for await (const bytes of child.stdout) {
    output += decoder.decode(bytes, { stream: true });
    await Deno.stdout.write(bytes);
  }
  return { code: (await child.status).code, output };
}

/** Servers whose test was killed get this long to be ended by their supervisors. */
const LEFT_OVER_S = 30;

/** Ends the processes that the tests started and left; says which they were. */
async function endLeftOver(): Promise<string[]> {
  const remaining = () =>
    [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
      .filter((pid) => Number.isInteger(pid) && textOf(`/proc/${pid}/environ`).includes(MARK));
  await until("nothing is left", () => remaining().length === 0, LEFT_OVER_S).catch(() => {});
  return remaining().map((pid) => {
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
    return `${command} (pid ${pid})`;
  });
}

/** What one run of a file gave. Tests that left processes behind count as failed. */
export interface FileResult {
  counts: Counts;
  /** A line each: tests that did not run, processes that were left. */
  notes: string[];
}

async function runAndClean(file: string): Promise<FileResult> {
  const { code, output } = await runFile(file);
  const counts = countsOf(output) ?? { passed: 0, failed: 1, ignored: 0 };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const left = await endLeftOver();
  counts.failed += left.length;
  return {
    counts,
    notes: [
      ...ignoredIn(output).map((name) => `not run: ${name}`),
      ...left.map((process) => `left over by ${file}, ended now: ${process}`),
    ],
  };
}

/**
 * Each file once, then those that failed once more. The sum has each file's last try; what was left
 * over stays told, whichever try left it.
 */
export async function runFiles(
  files: string[],
  runOne: (file: string) => Promise<FileResult>,
): Promise<FileResult> {
  const last = new Map<string, FileResult>();
  const notes: string[] = [];
  for (const file of files) last.set(file, await runOne(file));
  for (const [file, first] of [...last].filter(([, { counts }]) => counts.failed > 0)) {
    notes.push(...first.notes.filter((note) => note.startsWith("left over")));
    const second = await runOne(file);
    last.set(file, second);
    const passed = second.counts.failed === 0 && second.counts.passed > 0;
    notes.push(`${passed ? "passed on the second try" : "failed twice"}: ${file}`);
  }
  const counts = { passed: 0, failed: 0, ignored: 0 };
  for (const one of last.values()) {
    counts.passed += one.counts.passed;
    counts.failed += one.counts.failed;
    counts.ignored += one.counts.ignored;
    notes.push(...one.notes);
  }
  return { counts, notes };
}

async function runAll(words: string[]): Promise<number> {
  const files = testFiles(LIB).filter((file) =>
    words.length === 0 || words.some((word) => file.includes(word))
  );
  const { counts, notes } = await runFiles(files, runAndClean);
  for (const note of notes) console.log(note);
  if (files.length === 0) console.log(`no file of tests has ${words.join(" or ")} in its path`);
  const { passed, failed, ignored } = counts;
  console.log(`real engines: ${passed} passed, ${failed} failed, ${ignored} not run`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await runAll(Deno.args));

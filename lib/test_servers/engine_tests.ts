/**
 * Runs the tests of real engines, one file after the other: all of them, or those whose path holds
 * one of the words. Says at the end how many passed, and ends what they should not have left.
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

async function runAll(words: string[]): Promise<number> {
  const files = testFiles(LIB).filter((file) =>
    words.length === 0 || words.some((word) => file.includes(word))
  );
  const all = { passed: 0, failed: 0, ignored: 0 };
  const notes: string[] = [];
  for (const file of files) {
    const { code, output } = await runFile(file);
    const counts = countsOf(output) ?? { passed: 0, failed: 1, ignored: 0 };
    all.passed += counts.passed;
    all.failed += code !== 0 && counts.failed === 0 ? 1 : counts.failed;
    all.ignored += counts.ignored;
    notes.push(...ignoredIn(output).map((name) => `not run: ${name}`));
    const left = await endLeftOver();
    notes.push(...left.map((process) => `left over by ${file}, ended now: ${process}`));
    all.failed += left.length;
  }
  for (const note of notes) console.log(note);
  if (files.length === 0) console.log(`no file of tests has ${words.join(" or ")} in its path`);
  const { passed, failed, ignored } = all;
  console.log(`real engines: ${passed} passed, ${failed} failed, ${ignored} not run`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await runAll(Deno.args));

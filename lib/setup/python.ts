/** Finds a Python that can hold an engine's environment, and runs it. */
import { findProgram } from "@/engines/programs.ts";

/** Something is missing on this machine; the message says what and what to do. */
export class SetupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SetupError";
  }
}

/** Oldest Python that has a current xllamacpp wheel. */
const OLDEST_3 = 10;

const NAMES = ["python3", "python3.13", "python3.12", "python3.11", "python3.10"];

/**
 * The path of a Python ≥ 3.`oldest` with its venv module.
 * Throws `SetupError` that says what was found instead and how to get one.
 */
export async function findPython(oldest = OLDEST_3): Promise<string> {
  const unfit: string[] = [];
  for (const name of NAMES) {
    const path = await findProgram(name);
    if (path === null) continue;
    const why = await unfitness(path, oldest);
    if (why === null) return path;
    unfit.push(`${path} ${why}`);
  }
  const seen = unfit.length > 0 ? unfit.join(", ") : "there is no python3 on the PATH";
  throw new SetupError(
    `${seen}; install Python 3.${oldest} or newer with its venv module ` +
      "(Debian: apt-get install python3-venv)",
  );
}

/** Why a Python cannot hold an environment; null if it can. */
async function unfitness(python: string, oldest: number): Promise<string | null> {
  let version: string;
  try {
    version = (await run([python, "-c", "import sys; print(*sys.version_info[:2])"])).trim();
  } catch {
    return "does not run";
  }
  const [major = 0, minor = 0] = version.split(" ").map(Number);
  if (major < 3 || (major === 3 && minor < oldest)) return `is ${major}.${minor}`;
  const hasVenv = await run([python, "-c", "import venv, ensurepip"]).then(() => true, () => false);
  return hasVenv ? null : "lacks the venv module";
}

/**
 * Runs a command, `env` added to the environment, and gives its stdout.
 * Throws `SetupError` with the end of its stderr.
 */
export async function run(argv: string[], env: Record<string, string> = {}): Promise<string> {
  const [program, ...args] = argv as [string, ...string[]];
  const { success, code, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return decode(stdout);
  const end = decode(stderr).trim().split("\n").slice(-6).join("\n  | ");
  throw new SetupError(`${argv.slice(0, 4).join(" ")} ended with ${code}\n  | ${end}`);
}

/** Finds a Python that can hold an engine's environment, and runs it. */
import { findProgram } from "@/engines/programs.ts";

/** Something is missing on this machine; the message says what and what to do. */
export class SetupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SetupError";
  }
}

/** Minor versions that have a current xllamacpp wheel; newer ones too. */
const FROM_3_10 = [10, null];

/**
 * The path of a Python 3 with its venv module, of one of these minor versions; a `null` at the end
 * allows any newer one. Throws `SetupError` that says what was found instead and how to get one.
 */
export async function findPython(minors: (number | null)[] = FROM_3_10): Promise<string> {
  const known = minors.filter((minor) => minor !== null);
  const unfit: string[] = [];
  for (const name of ["python3", ...NEWEST_FIRST.map((minor) => `python3.${minor}`)]) {
    const path = await findProgram(name);
    if (path === null) continue;
    const why = await unfitness(path, minors);
    if (why === null) return path;
    unfit.push(`${path} ${why}`);
  }
  const seen = unfit.length > 0 ? unfit.join(", ") : "there is no python3 on the PATH";
  const wanted = minors.includes(null)
    ? `Python 3.${Math.min(...known)} or newer`
    : known.map((minor) => `Python 3.${minor}`).join(" or ");
  throw new SetupError(
    `${seen}; install ${wanted} with its venv module (${packagesOf(known)})`,
  );
}

/** Ubuntu 22.04's own Python is 3.10, and it has 3.11 beside it. */
function packagesOf(minors: number[]): string {
  const own = "apt-get install python3-venv";
  const [lowest, highest] = [Math.min(...minors), Math.max(...minors)];
  if (lowest <= 10) return `Debian: ${own}`;
  return `Debian 12, Ubuntu 24.04: ${own}; Ubuntu 22.04: apt-get install python3.${highest}-venv`;
}

const NEWEST_FIRST = [13, 12, 11, 10];

/** Why a Python cannot hold an environment; null if it can. */
async function unfitness(python: string, minors: (number | null)[]): Promise<string | null> {
  let version: string;
  try {
    version = (await run([python, "-c", "import sys; print(*sys.version_info[:2])"])).trim();
  } catch {
    return "does not run";
  }
  const [major = 0, minor = 0] = version.split(" ").map(Number);
  const newest = Math.max(...minors.map((one) => one ?? 0));
  const newer = minors.includes(null) && (major > 3 || minor > newest);
  if (!newer && !(major === 3 && minors.includes(minor))) return `is ${major}.${minor}`;
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

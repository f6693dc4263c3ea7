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
const OLDEST = [3, 10] as const;

/**
 * The path of a Python ≥ 3.10 with its venv module.
 * Throws `SetupError` that says what is missing and how to get it.
 */
export async function findPython(): Promise<string> {
  const tooOld: string[] = [];
  for (const name of ["python3", "python3.13", "python3.12", "python3.11", "python3.10"]) {
    const path = await findProgram(name);
    if (path === null) continue;
    const version = (await run([path, "-c", "import sys; print(*sys.version_info[:2])"])).trim();
    const [major = 0, minor = 0] = version.split(" ").map(Number);
    if (major < OLDEST[0] || minor < OLDEST[1]) {
      tooOld.push(`${path} is ${major}.${minor}`);
      continue;
    }
    await requireVenv(path);
    return path;
  }
  const seen = tooOld.length > 0 ? tooOld.join(", ") : "there is no python3 on the PATH";
  throw new SetupError(
    `${seen}; install Python ${OLDEST.join(".")} or newer (Debian: apt-get install python3-venv)`,
  );
}

async function requireVenv(python: string): Promise<void> {
  try {
    await run([python, "-c", "import venv, ensurepip"]);
  } catch {
    throw new SetupError(
      `${python} lacks the venv module; install it (Debian: apt-get install python3-venv)`,
    );
  }
}

/** Runs a command and gives its stdout. Throws `SetupError` with the end of its stderr. */
export async function run(argv: string[]): Promise<string> {
  const [program, ...args] = argv as [string, ...string[]];
  const { success, code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return decode(stdout);
  const end = decode(stderr).trim().split("\n").slice(-6).join("\n  | ");
  throw new SetupError(`${argv.slice(0, 4).join(" ")} ended with ${code}\n  | ${end}`);
}

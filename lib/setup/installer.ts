/** Runs programs that install: what takes minutes ends together with this process, however that ends. */
import { join } from "node:path";
import { startProcess } from "@/engines/supervised_process.ts";
import { withScratch } from "./install.ts";
import { SetupError } from "./python.ts";

/** Seconds that an installer gets to end in its own way. */
const GRACE_S = 2;

/** Keeps what a program says as an error beside what it says as a result. */
const APART = 'errors=$1; shift; exec "$@" 2>"$errors"';

/**
 * Runs a command to its end, `env` added to the environment, and gives its stdout. A `kill -9` of
 * this process ends it too. Throws `SetupError` with the end of its stderr.
 */
export function runInstaller(argv: string[], env: Record<string, string> = {}): Promise<string> {
  return withScratch(async (folder) => {
    const [log, errors] = [join(folder, "stdout"), join(folder, "stderr")];
    await Promise.all([log, errors].map((path) => Deno.writeTextFile(path, "")));
    const command = { argv: ["sh", "-c", APART, "sh", errors, ...argv], env };
    const process = await startProcess(command, { log, cores: null, grace_s: GRACE_S });
    const how = await process.exited;
    await process.stop();
    const said = await Deno.readTextFile(log);
    if (how === "exit 0") return said;
    const text = (await Deno.readTextFile(errors)).trim() || said.trim();
    const end = text.split("\n").slice(-6).join("\n  | ");
    throw new SetupError(
      `${argv.slice(0, 4).join(" ")} ended with ${how.replace(/^exit /, "")}\n  | ${end}`,
    );
  });
}

/** Shell scripts that stand where a test's programs are looked for. */
import { TempFolder } from "./processes.ts";
import { withEnv } from "./with_env.ts";

/**
 * Runs `body` with an empty engine cache and `scripts`, by the names of programs, before the system's
 * own on the PATH. `$CALLS` is a file in the folder for what they want to write down.
 */
export async function withFakePrograms(
  scripts: Record<string, string>,
  env: Record<string, string>,
  body: (folder: TempFolder) => Promise<void>,
): Promise<void> {
  using folder = new TempFolder();
  Deno.mkdirSync(folder.file("bin"));
  for (const [name, script] of Object.entries(scripts)) {
    Deno.chmodSync(folder.file(`bin/${name}`, script), 0o755);
  }
  const common = {
    PATH: `${folder.path}/bin:/usr/bin:/bin`,
    BENCH_ENGINES_DIR: folder.file("engines"),
    CALLS: folder.file("calls"),
  };
  await withEnv({ ...common, ...env }, () => body(folder));
}

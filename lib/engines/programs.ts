/** Finds programs as a shell would. */
import { join } from "node:path";

/** Full path of `program` on the PATH; null if it is not there. */
export async function findProgram(program: string): Promise<string | null> {
  if (program.includes("/")) return await isFile(program) ? program : null;
  for (const folder of (Deno.env.get("PATH") ?? "").split(":").filter(Boolean)) {
    const path = join(folder, program);
    if (await isFile(path)) return path;
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((stat) => stat.isFile, () => false);
}

/** Which version a Python program is of, read from its environment without starting it. */
import { dirname, join } from "node:path";

/**
 * Version of the first of `distributions` in the environment whose `bin` folder holds `program`;
 * null if there is none, as for a script from elsewhere.
 */
export async function installedVersion(
  program: string,
  distributions: readonly string[],
): Promise<string | null> {
  const lib = join(dirname(dirname(program)), "lib");
  const names = (await namesIn(lib)).filter((name) => /^python3\.\d+$/.test(name));
  // Debian's own Python keeps them in the other one.
  const folders = ["site-packages", "dist-packages"];
  const packages = await Promise.all(
    names.flatMap((name) => folders.map((folder) => namesIn(join(lib, name, folder)))),
  );
  for (const distribution of distributions) {
    const pattern = new RegExp(`^${distribution.replaceAll("-", "_")}-(\\d[^-]*)\\.dist-info$`);
    const found = packages.flat().map((name) => name.match(pattern)?.[1]).find(Boolean);
    if (found !== undefined) return found.replace(/\+.*/, "");
  }
  return null;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch {
    return [];
  }
}

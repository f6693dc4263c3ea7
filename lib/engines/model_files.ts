/** Which files a config's model means to an engine that reads a folder of the Hugging Face form. */
import { join, resolve } from "node:path";
import type { Config } from "@/config/schema.ts";
import { modelsDir } from "./cache.ts";
import { SMOLLM2, smolLm2Bf16Dir } from "./llama_cpp.ts";

export { smolLm2Bf16Dir };

/** Written when that folder is made; `smolLm2Bf16Origin` says where. */
export interface ModelOrigin {
  made_from: string;
  made_from_sha256: string;
  safetensors_sha256: string;
  made_with: string;
}

export function smolLm2Bf16Origin(): string {
  return join(smolLm2Bf16Dir(), "made_from.json");
}

/** Written into a model's folder once all of it is downloaded; without it the folder is not used. */
export const HUB_RECORD = "downloaded.json";

/** What was downloaded from the hub. */
export interface HubDownload {
  id: string;
  commit: string;
  /** The branch, tag or commit that was asked for when it was downloaded. */
  revision: string;
  bytes: number;
  downloaded_at: string;
}

/** The folder of a hub model at one commit. */
export function hubModelDir(id: string, commit: string): string {
  return join(modelsDir(), `${id.replaceAll("/", "--")}@${commit.slice(0, 12)}`);
}

/** The downloaded model at that branch, tag or commit, the newest download if it moved; else null. */
export function downloadedModel(id: string, revision = "main"): HubDownload | null {
  return downloadedModels()
    .filter((model) => model.id === id && [model.revision, model.commit].includes(revision))
    .sort((a, b) => a.downloaded_at.localeCompare(b.downloaded_at)).at(-1) ?? null;
}

function downloadedModels(): HubDownload[] {
  try {
    return [...Deno.readDirSync(modelsDir())].flatMap(({ name }) => {
      try {
        return [JSON.parse(Deno.readTextFileSync(join(modelsDir(), name, HUB_RECORD)))];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Where an engine reads a config's model. */
export interface ServedModel {
  /** A folder, or the model's name, which the engine then gets from the hub. */
  source: string;
  /** Flags that say which revision, where the hub is to be asked. */
  revision: string[];
  /** A folder of this machine: no network is needed. */
  local: boolean;
}

/** Whether the config names the small model that comes with `setup`. */
export const bundled = ({ model }: Pick<Config, "model">) => model.name === SMOLLM2.name;

/** Whether a model's name is the path of a folder of this machine. */
export const isFolder = (name: string) => /^\.{0,2}\//.test(name);

export function servedModel(config: Pick<Config, "model">): ServedModel {
  const { name, revision } = config.model;
  if (bundled(config)) return { source: smolLm2Bf16Dir(), revision: [], local: true };
  if (isFolder(name)) return { source: resolve(name), revision: [], local: true };
  const downloaded = downloadedModel(name, revision);
  if (downloaded !== null) {
    return { source: hubModelDir(name, downloaded.commit), revision: [], local: true };
  }
  return { source: name, revision: revision ? ["--revision", revision] : [], local: false };
}

/** The model as the manifest tells it: origin and checksum, or name and commit. */
export async function describeModel(config: Pick<Config, "model">): Promise<string> {
  const { name, revision } = config.model;
  if (!bundled(config)) {
    const commit = downloadedModel(name, revision)?.commit;
    if (commit !== undefined) return `${name} at commit ${commit}`;
    return revision ? `${name} at revision ${revision}` : name;
  }
  const text = await Deno.readTextFile(smolLm2Bf16Origin()).catch(() => null);
  if (text === null) return `${SMOLLM2.name} in BF16, not made yet`;
  const { made_from, safetensors_sha256 } = JSON.parse(text) as ModelOrigin;
  return `${SMOLLM2.name} in BF16, expanded from ${made_from}; safetensors sha256 ${safetensors_sha256}`;
}

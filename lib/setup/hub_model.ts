/** Downloads a model from the hub into the engine cache, at one commit. */
import { join } from "node:path";
import { exists } from "@/engines/cache.ts";
import {
  downloadedModel,
  HUB_RECORD,
  type HubDownload,
  hubModelDir,
} from "@/engines/model_files.ts";
import { hfClientSteps, hfDownload } from "./hf_client.ts";
import { askHub, filesToGet, type HubFile, type HubModel } from "./hub_api.ts";
import type { Step } from "./install.ts";
import { SetupError } from "./python.ts";
import { megabytes } from "./sizes.ts";

/**
 * The steps for a model at a branch, tag or commit; none where it was downloaded before, for which
 * the hub is not asked. Throws `SetupError` when the hub cannot be asked or does not give it.
 */
export async function hubModelSteps(id: string, revision = "main"): Promise<Step[]> {
  if (downloadedModel(id, revision) !== null) return [];
  const model = await askHub(id, revision);
  return [...hfClientSteps(), await downloadStep(model, revision)];
}

async function downloadStep(model: HubModel, revision: string): Promise<Step> {
  const { id, commit } = model;
  const files = filesToGet(model.files);
  const folder = hubModelDir(id, commit);
  const bytes = sum(files);
  const left_mb = (bytes - await finishedBytes(folder, files)) / 1e6;
  const skipped = sum(model.files) - bytes;
  return {
    what: `${id} at commit ${commit.slice(0, 12)} (${revision}), ${files.length} files`,
    into: folder,
    download_mb: left_mb,
    disk_mb: left_mb,
    notes: skipped === 0 ? [] : [`not downloaded: ${megabytes(skipped / 1e6)} in other forms`],
    isDone: () => exists(join(folder, HUB_RECORD)),
    async run(say) {
      await Deno.mkdir(folder, { recursive: true });
      await removeHalfFiles(join(folder, CLIENT_FILES));
      using _progress = progress(folder, bytes, say);
      await hfDownload(id, commit, files.map(({ path }) => path), folder);
      await checkSizes(folder, files);
      await Deno.remove(join(folder, CLIENT_FILES), { recursive: true }).catch(() => {});
      const downloaded_at = new Date().toISOString();
      const record: HubDownload = { id, commit, revision, bytes, downloaded_at };
      await Deno.writeTextFile(join(folder, HUB_RECORD), JSON.stringify(record, null, 2) + "\n");
    },
  };
}

/** What the client keeps beside the files: their checksums, and those that are on their way. */
const CLIENT_FILES = ".cache";

/**
 * Files that are there to the end are kept. The client never goes on with half a file that a killed
 * one has left, so it would take its room for good.
 */
async function removeHalfFiles(folder: string): Promise<void> {
  if (!await exists(folder)) return;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await removeHalfFiles(path);
    else if (name.endsWith(".incomplete")) await Deno.remove(path);
  }
}

async function finishedBytes(folder: string, files: HubFile[]): Promise<number> {
  const there = await Promise.all(files.map(({ path }) => exists(join(folder, path))));
  return sum(files.filter((_, i) => there[i]));
}

async function checkSizes(folder: string, files: HubFile[]): Promise<void> {
  for (const { path, bytes } of files) {
    const { size } = await Deno.stat(join(folder, path)).catch(() => ({ size: null }));
    if (size === bytes) continue;
    // Else the client would take it for whole the next time.
    await Deno.remove(join(folder, path)).catch(() => {});
    throw new SetupError(
      `${join(folder, path)} has ${size ?? "no"} bytes, the hub says ${bytes}; run setup again`,
    );
  }
}

const SAY_EACH_MS = 30_000;

/** Says how far a download is, until it is disposed of. */
function progress(folder: string, bytes: number, say: (line: string) => void): Disposable {
  const timer = setInterval(async () => {
    const there = await presentBytes(folder);
    say(`  ${megabytes(there / 1e6)} of ${megabytes(bytes / 1e6)}`);
  }, SAY_EACH_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Bytes on disk of a download that goes on. */
async function presentBytes(folder: string): Promise<number> {
  let bytes = 0;
  if (!await exists(folder)) return 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    bytes += isDirectory
      ? await presentBytes(path)
      : await Deno.stat(path).then(({ size, blocks }) => Math.min(size, (blocks ?? 0) * 512), () =>
        0);
  }
  return bytes;
}

const sum = (files: HubFile[]) => files.reduce((total, { bytes }) => total + bytes, 0);

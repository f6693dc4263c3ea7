/** What the engine cache holds: engines, models, clients, and what a broken-off setup has left. */
import { join } from "node:path";
import { alignedColumns, columnWidths } from "@/config/aligned_columns.ts";
import { HUB_RECORD } from "@/engines/model_files.ts";
import { clientsDir, COMPLETE, engineCacheDir, exists, modelsDir } from "@/engines/cache.ts";
import { SCRATCH } from "./install.ts";
import { run, SetupError } from "./python.ts";
import { LOCK_FILE, withSetupLock } from "./setup_lock.ts";
import { megabytes } from "./sizes.ts";

export interface Cached {
  /** Path within the engine cache, which is also its name, e.g. `models/SmolLM2.gguf`. */
  name: string;
  mb: number;
  /** False for an engine that is not installed to the end and for what is only needed meanwhile. */
  complete: boolean;
}

/** Everything in the engine cache, by name; empty where there is no cache. */
export async function listCached(): Promise<Cached[]> {
  const models = (await namesIn(modelsDir())).map((name) => `models/${name}`);
  const clients = (await namesIn(clientsDir())).map((name) => `clients/${name}`);
  const others = (await namesIn(engineCacheDir())).filter((name) =>
    !["models", "clients", LOCK_FILE].includes(name)
  );
  return await Promise.all([...others, ...clients, ...models].map(async (name) => ({
    name,
    mb: await sizeMb(join(engineCacheDir(), name)),
    complete: await isComplete(name),
  })));
}

/** A table with a line for each, its size and whether it is complete, and a sum. */
export function renderCached(cached: Cached[], folder = engineCacheDir()): string {
  if (cached.length === 0) return `${folder} holds nothing`;
  const rows = cached.map(({ name, mb, complete }) => {
    const { kind, version, device } = whatIs(name);
    return [megabytes(mb), complete ? "complete" : "not complete", kind, version, device, name];
  });
  const table = [["size", "state", "kind", "version", "device", "name (for --remove)"], ...rows];
  const lines = alignedColumns(table, (column) => column === 0);
  const sum = cached.reduce((total, { mb }) => total + mb, 0);
  return [folder, ...lines, `${megabytes(sum).padStart(columnWidths(table)[0]!)}  in all`].join(
    "\n",
  );
}

const ENGINE = /^(llama-cpp|vllm|sglang|tensorrt-llm)-(.+?)(?:-(cpu|cuda|container))?$/;
const CLIENT = /^clients\/\D+?(?:-(\d.*))?$/;
const TOOL = /^(?:uv|hf)-(\d.*)$/;

/** What a name in the cache stands for, as its setup made it. */
function whatIs(name: string): { kind: string; version: string; device: string } {
  const [, kind, version, device = "cpu"] = name.match(ENGINE) ?? [];
  if (kind !== undefined) return { kind, version: version!, device };
  const tool = name.match(TOOL)?.[1];
  if (tool !== undefined) return { kind: "tool", version: tool, device: "" };
  const client = name.match(CLIENT);
  if (client) return { kind: "client", version: client[1] ?? "", device: "" };
  const model = name.startsWith("models/");
  const commit = model ? name.match(/@([0-9a-f]+)$/)?.[1] ?? "" : "";
  return { kind: model ? "model" : "left over", version: commit, device: "" };
}

/** Deletes one of them. Throws `SetupError` when there is none of that name. */
export async function removeCached(name: string, say: (line: string) => void): Promise<void> {
  const cached = await listCached();
  const found = cached.find((item) => item.name === name);
  if (found === undefined) {
    const names = cached.map((item) => item.name).join(", ") || "nothing";
    throw new SetupError(`${engineCacheDir()} holds no "${name}"; it holds ${names}`);
  }
  const leaving = join(engineCacheDir(), `${SCRATCH}removed-${Deno.pid}`);
  await withSetupLock(say, async () => {
    // Half a removal must not pass for an engine; what is left under this name, the next setup removes.
    await Deno.rename(join(engineCacheDir(), name), leaving);
    await Deno.remove(leaving, { recursive: true });
  });
  say(`removed ${name}, ${megabytes(found.mb)}`);
}

/** A model of the hub is a folder until it is recorded; the others are moved into place as a whole. */
async function isComplete(name: string): Promise<boolean> {
  if (name.startsWith("models/")) {
    return !name.includes("@") || await exists(join(engineCacheDir(), name, HUB_RECORD));
  }
  return !name.startsWith(SCRATCH) && await exists(join(engineCacheDir(), name, COMPLETE));
}

async function namesIn(folder: string): Promise<string[]> {
  if (!await exists(folder)) return [];
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

async function sizeMb(path: string): Promise<number> {
  const kib = Number((await run(["du", "-sk", path])).split("\t")[0]);
  return kib * 1024 / 1e6;
}

/** `setup`: installs engines and models, lists what is installed, or removes it. */
import { readConfig } from "@/config/read_config.ts";
import type { Config } from "@/config/schema.ts";
import { tuningOf } from "@/config/tuning.ts";
import { nvidiaGpu } from "@/engines/gpu_server.ts";
import { entryFits } from "@/engines/support/entry_fit.ts";
import { listCached, removeCached, renderCached } from "@/setup/cached.ts";
import { installParts } from "@/setup/install_parts.ts";
import { allParts, configParts, enginePart, modelPart, type SetupEngine } from "@/setup/parts.ts";
import { refuseUnfit } from "./preflight.ts";
import { presentGpu } from "./study_gpu.ts";
import { launchable } from "./tune.ts";
import { UsageError } from "./usage_error.ts";

export interface SetupOptions {
  engine?: SetupEngine;
  device?: "cpu" | "cuda";
  /** `ORGANISATION/NAME`, or with `@` and a revision. */
  model?: string;
  /** A config, of which everything that its entries need is installed. */
  config?: string;
  all?: boolean;
  dryRun?: boolean;
  list?: boolean;
  /** Name of what to delete. */
  remove?: string;
}

/** The study of `deno task bench` by itself. */
const DEFAULT_STUDY = "configs/engines.yaml";

/** Gives the exit code: 1 when a part failed that is not optional. Throws `UsageError`, or `SetupError` where there is one part only. */
export async function setup(options: SetupOptions): Promise<number> {
  const say = (line: string) => console.error(line);
  if (options.list) {
    console.log(renderCached(await listCached()));
    return 0;
  }
  if (options.remove !== undefined) {
    await removeCached(options.remove, say);
    return 0;
  }
  const parts = await partsOf(options);
  if (parts.length === 0) {
    say("none of the entries needs anything of the engine cache");
    return 0;
  }
  const { ready, failures } = await installParts(parts, { say, dryRun: options.dryRun ?? false });
  for (const name of ready) console.log(readyText(name));
  if (failures.length === 1 && parts.length === 1) throw failures[0]!.error;
  for (const { name, error, optional } of failures) {
    const how = optional ? `left out, ${DEFAULT_STUDY} does without it` : "failed";
    say(`${how}: ${name}: ${error.message}`);
  }
  if (failures.some(({ optional }) => !optional)) return 1;
  const forDefault = options.all && await nvidiaGpu() !== null;
  if (forDefault || options.config !== undefined) {
    const study = ` --config ${options.config ?? DEFAULT_STUDY}`;
    say(
      options.dryRun
        ? `next: the same without --dry-run; deno task bench${study} --dry-run tells the study's hours and price`
        : `next: deno task calibrate, deno task doctor${study}, deno task bench${study}`,
    );
  }
  return 0;
}

async function partsOf(options: SetupOptions) {
  const { engine, device, model, config, all } = options;
  const whole = [all && "--all", config !== undefined && "--config"].filter(Boolean);
  if (whole.length === 2 || (whole.length === 1 && (engine ?? device ?? model) !== undefined)) {
    throw new UsageError(`${whole[0]} says by itself what to install; leave the other options out`);
  }
  if (all) return await allParts(await servedStudy(DEFAULT_STUDY));
  if (config !== undefined) return configParts(await servedStudy(config));
  if (device !== undefined && engine === undefined && model !== undefined) {
    throw new UsageError(`--device ${device}: name the --engine that it is for, or leave it out`);
  }
  const wanted = engine ?? (model === undefined ? "llama-cpp" : undefined);
  const engines = wanted === undefined ? [] : [enginePart(wanted, deviceOf(wanted, device))];
  return model === undefined ? engines : [...engines, namedModel(model)];
}

/** Throws `UsageError` for a study whose model does not fit or is not served here, before it is fetched. */
async function servedStudy(path: string): Promise<Config> {
  const { config, locate } = readConfig(path);
  const tried = launchable(config, tuningOf(config), { path, locate });
  refuseUnfit(entryFits(tried.config, await presentGpu(config)), tried.file);
  return config;
}

/** The device of each engine's first build, and why it has no other. */
const DEVICES: Record<SetupEngine, { first: "cpu" | "cuda"; other: string | null }> = {
  "vllm": { first: "cpu", other: null },
  "llama-cpp": { first: "cpu", other: "llama-cpp is installed for the CPU only" },
  "sglang": {
    first: "cuda",
    other: "sglang is for GPUs only: its kernels for the CPU are in no wheel on PyPI",
  },
  "tensorrt-llm": { first: "cuda", other: "tensorrt-llm is for NVIDIA GPUs only" },
};

function deviceOf(engine: SetupEngine, device?: "cpu" | "cuda"): "cpu" | "cuda" {
  const { first, other } = DEVICES[engine];
  if (device === undefined || device === first) return first;
  if (other === null) return device;
  throw new UsageError(`--device ${device}: ${other}; leave it out`);
}

function namedModel(text: string) {
  const [id, revision, ...rest] = text.split("@");
  if (!id || revision === "" || rest.length > 0) {
    throw new UsageError(
      `--model ${text}: expected ORGANISATION/NAME or ORGANISATION/NAME@REVISION`,
    );
  }
  return modelPart(id, revision);
}

/** What to do next, for the parts that a study of this project uses. */
const NEXT: [RegExp, string][] = [
  [/^llama-cpp$/, "; try: deno task bench --config configs/laptop.yaml"],
  [
    /^vllm .* cpu$/,
    "; with llama.cpp (deno task setup) try: deno task bench --config configs/cpu-engines.yaml",
  ],
  [/ cuda$|^tensorrt-llm/, "; this project has not run it on a GPU yet"],
];

function readyText(name: string): string {
  return `${name} is ready${NEXT.find(([pattern]) => pattern.test(name))?.[1] ?? ""}`;
}

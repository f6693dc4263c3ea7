/**
 * The shape of config that the project was first asked for: engines without a kind, and keys that
 * later measurement rules replaced. Each such key is translated or set aside, with the reason.
 */
type Mapping = Record<string, unknown>;

export interface Note {
  path: string[];
  note: string;
}

const KIND_OF_NAME = new Map([
  ["vllm", "vllm"],
  ["sglang", "sglang"],
  ["tensorrt_llm", "tensorrt-llm"],
  ["tensorrt-llm", "tensorrt-llm"],
]);

/** Flags that the launcher sets itself, and from what. */
const LAUNCHER_FLAGS = new Map([
  ["--model-path", "model.name"],
  ["--model", "model.name"],
  ["--port", "port"],
  ["--host", "127.0.0.1"],
]);

/** The value in today's form and a note for each change. Anything unexpected is left as it is. */
export function translateAskedFor(value: unknown): { value: unknown; notes: Note[] } {
  const notes: Note[] = [];
  if (!isMapping(value)) return { value, notes };
  const copy = structuredClone(value);
  if (isMapping(copy.engines)) translateEngines(copy.engines, notes);
  if (isMapping(copy.benchmark)) translateBenchmark(copy.benchmark, notes);
  if (isMapping(copy.model)) noteModel(copy.model, copy.hardware, notes);
  return { value: copy, notes };
}

function translateEngines(engines: Mapping, notes: Note[]): void {
  for (const [name, entry] of Object.entries(engines)) {
    if (!isMapping(entry)) continue;
    const kind = KIND_OF_NAME.get(name);
    if (entry.kind === undefined && kind !== undefined) {
      entry.kind = kind;
      notes.push({ path: ["engines", name], note: `translated: kind is ${kind}, after its name` });
    }
    if (Array.isArray(entry.extra_args)) dropLauncherFlags(name, entry, notes);
    if (typeof entry.docker_image === "string" && entry.docker_image.includes("tritonserver:")) {
      const note = "cannot be used: this Triton image has about TensorRT-LLM 0.17, older than " +
        "Llama 4, and Triton's own server; what `setup` installs is used instead";
      notes.push({ path: ["engines", name, "docker_image"], note });
      delete entry.docker_image;
    }
  }
}

/** Takes out `--flag value` and `--flag=value`. A list that is not all text is left to the schema. */
function dropLauncherFlags(name: string, entry: Mapping, notes: Note[]): void {
  const args = entry.extra_args as unknown[];
  if (!args.every((arg) => typeof arg === "string")) return;
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [flag, ...inline] = args[i]!.split("=") as [string, ...string[]];
    const source = LAUNCHER_FLAGS.get(flag);
    if (source === undefined) {
      kept.push(args[i]!);
      continue;
    }
    const value = inline.length > 0 ? inline.join("=") : args[++i] ?? "";
    const note = `superseded: ${flag} ${value} is set by the launcher (${source})`;
    notes.push({ path: ["engines", name, "extra_args"], note });
  }
  entry.extra_args = kept;
}

function translateBenchmark(benchmark: Mapping, notes: Note[]): void {
  if (benchmark.requests_per_prompt === undefined) return;
  const note = "superseded by requests_per_level: a fixed count a prompt cannot fill high " +
    "concurrency; max(10 × concurrency, 20) requests are sent at each level";
  notes.push({ path: ["benchmark", "requests_per_prompt"], note });
  delete benchmark.requests_per_prompt;
}

/** BF16 weights against the named card: 2 bytes a parameter. */
function noteModel(model: Mapping, hardware: unknown, notes: Note[]): void {
  const params = Number(String(model.total_params ?? "").match(/^([\d.]+)B$/)?.[1]);
  const gpu = isMapping(hardware) ? String(hardware.gpu ?? "") : "";
  const card_gb = Number(gpu.match(/(\d+) ?GB/)?.[1]);
  if (!(params * 2 > card_gb)) return;
  const note = `cannot be used on one ${gpu}: ${params}e9 parameters × 2 bytes (BF16) are ` +
    `${params * 2} GB of weights on a card of ${card_gb} GB; name a quantised checkpoint`;
  notes.push({ path: ["model", "name"], note });
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The stand-in for trtllm-serve near TensorRT-LLM 1.2.1 on a GPU: flags, log lines and endpoints
 * after nearby source, since no release could be read; sizes its own.
 */
import { parse } from "yaml";
import type { Settings, StandIn, State } from "./stand_in_settings.ts";

const TITLE = "stand-in for TensorRT-LLM near 1.2.1";
const TOKENS_PER_BLOCK = 32;

export const trtllmServeStandIn: StandIn = {
  title: TITLE,
  program: "trtllm-serve",
  version: "1.2.1",
  wire: "tensorrt-llm",
  versionCommand: "--version",
  flags: { model: null, servedName: null, maxSequences: "--max_batch_size" },
  bindsFirst: true,

  startLog: ({ kvTokens }) =>
    stamped(
      "Peak memory during memory usage profiling (torch + non-torch): 0.00 GiB",
      `[MemUsageChange] Allocated 0.00 GiB for max tokens in paged KV cache (${kvTokens}).`,
      "Creating CUDA graph instances for 0 batch sizes.",
    ),

  readyLog: ({ host, port }) => [
    `INFO:     Started server process [${Deno.pid}]`,
    "INFO:     Waiting for application startup.",
    "INFO:     Application startup complete.",
    `INFO:     Uvicorn running on http://${host}:${port} (Press CTRL+C to quit)`,
  ],

  portTaken: ({ host, port }) => [
    `RuntimeError: Failed to bind socket to ${host}:${port}: [Errno 98] Address already in use`,
  ],
  endWithPortTaken: () => Deno.exit(1),
  route,

  // What the real one does with open answers is not known.
  drains: false,
  termLog: () => [
    "INFO:     Shutting down",
    "INFO:     Waiting for application shutdown.",
    "INFO:     Application shutdown complete.",
  ],
};

function stamped(...lines: string[]): string[] {
  const [date = "", time = ""] = new Date().toISOString().split("T");
  const [year, month, day] = date.split("-");
  const now = `${month}/${day}/${year}-${time.slice(0, 8)}`;
  return lines.map((line) => `[${now}] [TRT-LLM] [I] ${line}`);
}

function route(path: string, { settings, inFlight }: State) {
  switch (path) {
    case "/version":
      return { status: 200, body: { version: TITLE } };
    case "/metrics":
      return { status: 200, body: asked(settings, "enable_iter_perf_stats") ? [iteration()] : [] };
    case "/prometheus/metrics":
      return asked(settings, "return_perf_metrics") ? null : { status: 404 };
    default:
      return null;
  }

  function iteration() {
    const kvCacheStats = {
      maxNumBlocks: settings.kvTokens / TOKENS_PER_BLOCK,
      tokensPerBlock: TOKENS_PER_BLOCK,
    };
    return { numActiveRequests: inFlight, gpuMemUsage: 0, kvCacheStats };
  }
}

/** Whether the YAML file that `--config` names sets `key`. */
function asked(settings: Settings, key: string): boolean {
  const file = settings.value("--config");
  if (file === undefined) return false;
  return (parse(Deno.readTextFileSync(file)) as Record<string, unknown>)[key] === true;
}

/** The stand-in for vLLM 0.33.0 on a GPU: log lines and endpoints as recorded, sizes its own. */
import type { StandIn } from "./stand_in_settings.ts";

const TITLE = "stand-in for vLLM 0.33.0";

export const vllmStandIn: StandIn = {
  title: TITLE,
  program: "vllm",
  version: "0.33.0",
  wire: "vllm",
  versionCommand: "--version",
  flags: { model: null, servedName: "--served-model-name", maxSequences: "--max-num-seqs" },
  bindsFirst: true,

  startLog: ({ kvTokens, model }) => [
    api("[api_utils.py:347]", `version ${TITLE}, model ${model}`),
    core("[core.py:133]", "Initializing a V1 LLM engine (v0.33.0) with config: none"),
    core("[gpu_model_runner.py:5089]", "Model loading took 0.0 GiB memory and 0.000000 seconds"),
    core("[gpu_worker.py:773]", "Available KV cache memory: 0.0 GiB"),
    core(
      "[kv_cache_utils.py:1147]",
      `GPU KV cache size: ${grouped(kvTokens)} tokens, Maximum concurrency for ` +
        `${grouped(kvTokens)} tokens per request: 1.00x`,
    ),
    core("[gpu_model_runner.py:6517]", "Graph capturing finished in 0 secs, took 0.00 GiB"),
    core("[core.py:402]", "init engine (profile, create kv cache, warmup model) took 0.00 s"),
  ],

  readyLog: ({ host, port }) => [
    api("[entry.py:140]", `Starting vLLM server on http://${host}:${port}`),
    `INFO:     Started server process [${Deno.pid}]`,
    "INFO:     Waiting for application startup.",
    "INFO:     Application startup complete.",
  ],

  portTaken: () => ["OSError: [Errno 98] Address already in use"],
  endWithPortTaken: () => Deno.exit(1),

  route: (path) => path === "/version" ? { status: 200, body: { version: TITLE } } : null,

  // --shutdown-timeout is 0: what is being answered is broken off.
  drains: false,
  termLog: () => [
    api("[launcher.py:254]", "[shutdown] API server: shutdown triggered"),
    api("[launcher.py:270]", "[shutdown] API server: stopping engine client mode=abort timeout=0s"),
    "INFO:     Shutting down",
    "INFO:     Waiting for application shutdown.",
    "INFO:     Application shutdown complete.",
  ],
};

const api = (place: string, text: string) => line("APIServer", place, text);
const core = (place: string, text: string) => line("EngineCore", place, text);

function line(process: string, place: string, text: string): string {
  const now = new Date().toISOString();
  return `(${process} pid=${Deno.pid}) INFO ${now.slice(5, 10)} ${
    now.slice(11, 19)
  } ${place} ${text}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

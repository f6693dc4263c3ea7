/** The stand-in for SGLang 0.5.23 on a GPU: log lines and endpoints as recorded, sizes its own. */
import type { Settings, StandIn, State } from "./stand_in_settings.ts";

const TITLE = "stand-in for SGLang 0.5.23";

export const sglangStandIn: StandIn = {
  title: TITLE,
  program: "sglang",
  version: "0.5.23",
  wire: "sglang",
  versionCommand: "version",
  flags: {
    model: "--model-path",
    servedName: "--served-model-name",
    maxSequences: "--max-running-requests",
  },
  bindsFirst: false,

  startLog: ({ kvTokens, maxSequences }) =>
    stamped(
      "Init parallel begin.",
      "Load weight begin. avail mem=0.00 GB",
      "Load weight end. elapsed=0.00 s, type=StandInForCausalLM, avail mem=0.00 GB, mem usage=0.00 GB.",
      `KV Cache is allocated. dtype: torch.bfloat16, #tokens: ${kvTokens}, K size: 0.00 GB, V size: 0.00 GB`,
      "Memory pool end. avail mem=0.00 GB",
      ...["prefill", "decode"].flatMap((phase) => [
        `Capture target ${phase} CUDA graph begin. avail mem=0.00 GB`,
        `Capture target ${phase} CUDA graph end. elapsed=0.00 s, mem usage=0.00 GB, avail mem=0.00 GB`,
      ]),
      `max_total_num_tokens=${kvTokens}, chunked_prefill_size=8192, max_prefill_tokens=16384, ` +
        `max_running_requests=${maxSequences}, context_len=${kvTokens}, available_gpu_mem=0.00 GB`,
      "Engine startup timings (s): load_weight=0.00, kv_cache_allocation=0.00, scheduler_e2e=0.00, " +
        "cuda_graph={prefill=0.00, decode=0.00, target_verify=0.00, draft_prefill=0.00, " +
        "draft_decode=0.00, draft_extend=0.00}, tokenizer_e2e=0.00",
      `INFO:     Started server process [${Deno.pid}]`,
      "INFO:     Waiting for application startup.",
      "INFO:     Application startup complete.",
    ),

  readyLog: ({ host, port }) =>
    stamped(
      `INFO:     Uvicorn running on http://${host}:${port} (Press CTRL+C to quit)`,
      FIRED_UP,
    ),

  portTaken: ({ host, port }) =>
    stamped(
      `ERROR:    [Errno 98] error while attempting to bind on address ('${host}', ${port}): address already in use`,
      "INFO:     Waiting for application shutdown.",
      // Its warm-up request has reached the other server.
      FIRED_UP,
    ),

  endWithPortTaken() {
    setTimeout(() => {
      for (
        const line of stamped(
          "INFO:     Application shutdown complete.",
          `Subprocess scheduler_0 (pid=${Deno.pid}) crashed with exit code -9. Triggering SIGQUIT for cleanup...`,
          "Received sigquit from a child process. It usually means the child failed.",
        )
      ) console.log(line);
      Deno.exit(137);
    }, STILL_THERE_MS);
  },

  route,
  drains: true,
  termLog: (inFlight) =>
    stamped(
      "SIGTERM received. signum=None frame=None. Draining requests and shutting down...",
      `Gracefully exiting... Remaining number of requests ${inFlight}. Remaining requests remaining_rids=[].`,
    ),
};

const FIRED_UP = "The server is fired up and ready to roll!";
/** The real one lives 5 s on after it has called itself ready. */
const STILL_THERE_MS = 5000;

function stamped(...lines: string[]): string[] {
  const now = new Date().toISOString().replace("T", " ").slice(0, 19);
  return lines.map((line) => `[${now}] ${line}`);
}

const GRAPHS = {
  prefill: 0,
  decode: 0,
  target_verify: 0,
  draft_prefill: 0,
  draft_decode: 0,
  draft_extend: 0,
};

function route(path: string, state: State) {
  const { settings } = state;
  switch (path) {
    case "/ready":
    case "/health":
    case "/health_generate":
      return state.draining ? { status: 503 } : null;
    case "/server_info":
    case "/get_server_info":
      return { status: 200, body: serverInfo(settings) };
    case "/v1/loads":
      return { status: 200, body: loads(state) };
    case "/metrics":
    case "/metrics/":
      return settings.has("--enable-metrics")
        ? null
        : { status: 404, body: { detail: "Not Found" } };
    default:
      return null;
  }
}

function serverInfo({ model, kvTokens, maxSequences }: Settings) {
  const memory_usage = {
    weight: 0,
    kvcache: 0,
    startup_available: 0,
    token_capacity: kvTokens,
    token_capacity_swa: kvTokens,
    graph: GRAPHS,
  };
  return {
    model_path: model,
    served_model_name: model,
    max_running_requests: maxSequences,
    internal_states: [{ memory_usage, decode_cuda_graph_memory_gb: 0 }],
    version: TITLE,
  };
}

function loads({ settings: { kvTokens, maxSequences }, inFlight }: State) {
  const running = Math.min(inFlight, maxSequences);
  const memory = { weight_gb: 0, kv_cache_gb: 0, graph_gb: 0, token_capacity: kvTokens };
  const load = {
    timestamp: Date.now() / 1000,
    dp_rank: 0,
    num_running_reqs: running,
    num_waiting_reqs: inFlight - running,
    max_total_num_tokens: kvTokens,
    max_running_requests: maxSequences,
    memory,
  };
  return {
    timestamp: new Date().toISOString(),
    version: TITLE,
    accelerator: null,
    num_accelerators: 1,
    loads: [load],
  };
}

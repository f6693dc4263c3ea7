/** TensorRT-LLM: its command line and its requests. Not run on a GPU yet by this project. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { gpuServerAvailability } from "./gpu_server.ts";
import { residentMemory } from "./process_memory.ts";

export const tensorrtLlm: Engine<EntryOf<"tensorrt-llm">> = {
  kind: "tensorrt-llm",
  about: "TensorRT-LLM on an NVIDIA GPU",
  healthPath: "/health",
  availability: () => gpuServerAvailability("tensorrt-llm", "trtllm-serve"),

  command(entry, config, port) {
    const model = config.model.name;
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", model, ...address, ...entry.extra_args];
    return { argv: [entry.executable ?? "trtllm-serve", ...args] };
  },

  baseUrl: (_entry, port) => `http://127.0.0.1:${port}/v1`,
  model: (_entry, config) => config.model.name,
  headers: () => ({}),
  memory: residentMemory,
  describe: (entry, config) =>
    Promise.resolve({ version: entry.version ?? "unknown", model: config.model.name }),

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ignore_eos: entry.ignore_eos,
    // Its default may be usage on every chunk, which costs the server time.
    stream_options: { include_usage: true, continuous_usage_stats: false },
  }),
};

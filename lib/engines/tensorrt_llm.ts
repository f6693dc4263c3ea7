/** TensorRT-LLM: its command line and its requests. Not run on a GPU yet by this project. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { gpuServer } from "./gpu_server.ts";

export const tensorrtLlm: Engine<EntryOf<"tensorrt-llm">> = {
  ...gpuServer("tensorrt-llm", "trtllm-serve"),
  kind: "tensorrt-llm",
  about: "TensorRT-LLM on an NVIDIA GPU",
  healthPath: "/health",

  command(entry, config, port) {
    const model = config.model.name;
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", model, ...address, ...entry.extra_args];
    return { argv: [entry.executable ?? "trtllm-serve", ...args] };
  },

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ignore_eos: entry.ignore_eos,
    // Its default may be usage on every chunk, which costs the server time.
    stream_options: { include_usage: true, continuous_usage_stats: false },
  }),
};

/** vLLM: its command line and its requests. Not run on a GPU yet by this project. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { gpuServer } from "./gpu_server.ts";

export const vllm: Engine<EntryOf<"vllm">> = {
  ...gpuServer("vllm", "vllm"),
  kind: "vllm",
  about: "vLLM on an NVIDIA GPU",
  healthPath: "/health",

  command(entry, config, port) {
    const model = config.model.name;
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", model, "--served-model-name", model, ...address, ...entry.extra_args];
    return { argv: [entry.executable ?? "vllm", ...args] };
  },

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ignore_eos: entry.ignore_eos,
  }),
};

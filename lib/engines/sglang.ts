/** SGLang: its command line and its requests. Not run on a GPU yet by this project. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { gpuServer } from "./gpu_server.ts";

export const sglang: Engine<EntryOf<"sglang">> = {
  ...gpuServer("sglang", "sglang"),
  kind: "sglang",
  about: "SGLang on an NVIDIA GPU",
  healthPath: "/ready",

  command(entry, config, port) {
    const model = config.model.name;
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", "--model-path", model, ...address, ...entry.extra_args];
    return { argv: [entry.executable ?? "sglang", ...args] };
  },

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ignore_eos: entry.ignore_eos,
  }),
};

/** SGLang: its command line and its requests. Not run on a GPU yet by this project. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { gpuServerAvailability } from "./gpu_server.ts";
import { residentMemory } from "./process_memory.ts";

export const sglang: Engine<EntryOf<"sglang">> = {
  kind: "sglang",
  about: "SGLang on an NVIDIA GPU",
  healthPath: "/ready",
  availability: () => gpuServerAvailability("sglang", "sglang"),

  command(entry, config, port) {
    const model = config.model.name;
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", "--model-path", model, ...address, ...entry.extra_args];
    return { argv: [entry.executable ?? "sglang", ...args] };
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
  }),
};

/** SGLang: its command line and its requests. Not run on a GPU yet by this project. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, lengthFields, openAiBody } from "./engine.ts";
import { contextOf, gpuServer, programOf } from "./gpu_server.ts";
import { servedModel } from "./model_files.ts";
import { SGLANG_SETTINGS } from "./parity/sglang_settings.ts";
import { translate } from "./parity/translate.ts";
import { SGLANG_METRICS } from "./server_metrics.ts";

import { pythonEngine } from "./python_engines.ts";

/** Without it there is no `/metrics`. */
const METRICS = ["--enable-metrics"];

export const sglang: Engine<EntryOf<"sglang">> = {
  ...gpuServer("sglang"),
  kind: "sglang",
  about: "SGLang on an NVIDIA GPU",
  healthPath: "/ready",

  command(entry, config, port) {
    const { source, revision, local } = servedModel(config);
    // It would call itself after the folder.
    const name = local ? ["--served-model-name", this.model(entry, config)] : [];
    const address = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", "--model-path", source, ...revision, ...name, ...address, ...METRICS];
    const { flags } = translate(SGLANG_SETTINGS, config, entry);
    const argv = [programOf(entry), ...args, ...flags, ...entry.extra_args];
    return local ? { argv, env: { HF_HUB_OFFLINE: "1" } } : { argv };
  },

  settings: () => SGLANG_SETTINGS,

  contextTokens: (entry, config) => contextOf(entry, config, ["--context-length"]),

  metrics: (_entry, baseUrl) => ({
    urls: [new URL("/metrics", baseUrl).href],
    names: SGLANG_METRICS,
  }),

  help: (entry) => ({
    argv: [programOf(entry), "serve", "--help"],
    grammar: "argparse",
    program: "sglang",
    distributions: ["sglang"],
    version: pythonEngine(entry).version,
  }),

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ...lengthFields(entry, request),
  }),
};

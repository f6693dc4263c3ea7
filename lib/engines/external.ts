/** Any OpenAI-compatible server that something else runs. */
import type { EntryOf } from "@/config/schema.ts";
import { type Engine, openAiBody } from "./engine.ts";
import { ANY_METRICS } from "./server_metrics.ts";
import { readCertificates, trustSystemCertificates } from "./trust.ts";

function rootsOf({ base_url }: EntryOf<"external">): string[] {
  return [base_url].flat().map((url) => url.replace(/\/+$/, ""));
}

export const external: Engine<EntryOf<"external">> = {
  kind: "external",
  about: "any OpenAI-compatible server that runs already",
  healthPath: null,

  availability: () =>
    Promise.resolve({
      available: true,
      why: "reached by its URL",
      what_to_do: "",
    }),

  command: () => null,
  baseUrl: (entry) => rootsOf(entry)[0]!,
  replicas: rootsOf,
  ca: ({ ca_file }) => {
    trustSystemCertificates();
    return ca_file === undefined ? undefined : readCertificates(ca_file);
  },
  model: (entry) => entry.model,
  memory: () => Promise.resolve(null),
  metrics: ({ metrics_url }) =>
    metrics_url === undefined ? null : { urls: [metrics_url], names: ANY_METRICS },
  describe: (entry) => Promise.resolve({ version: "external, unknown", model: entry.model }),

  headers: ({ api_key_env }): Record<string, string> => {
    if (api_key_env === undefined) return {};
    const key = Deno.env.get(api_key_env);
    if (!key) {
      throw new Error(`api_key_env names ${api_key_env}, which is not set; export it first`);
    }
    return { authorization: `Bearer ${key}` };
  },

  tokenizer: ({ tokenizer }) =>
    tokenizer === undefined ? { from: "server" } : { from: "folder", folder: tokenizer },
  contextTokens: () => null,

  body: (entry, model, request) => ({
    ...openAiBody(model, request),
    ...(entry.ignore_eos ? { ignore_eos: true } : {}),
  }),
};

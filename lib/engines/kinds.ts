/** Every engine kind; adding one is one file and one line here (and its form in `config/schema.ts`). */
import type { EngineEntry, EngineKind } from "@/config/schema.ts";
import type { Engine } from "./engine.ts";
import { external } from "./external.ts";
import { llamaCpp } from "./llama_cpp.ts";
import { sglang } from "./sglang.ts";
import { simulated } from "./simulated.ts";
import { tensorrtLlm } from "./tensorrt_llm.ts";
import { vllm } from "./vllm.ts";

const ENGINES = {
  "vllm": vllm,
  "sglang": sglang,
  "tensorrt-llm": tensorrtLlm,
  "llama-cpp": llamaCpp,
  "external": external,
  "simulated": simulated,
} satisfies Record<EngineKind, unknown>;

export const ENGINE_KINDS = Object.keys(ENGINES) as EngineKind[];

/** The engine that serves entries of this kind. */
export function engineOf(kind: EngineKind): Engine<EngineEntry> {
  return ENGINES[kind] as Engine<EngineEntry>;
}

/** What the project needs to know of an engine. One engine a file; `kinds.ts` lists them. */
import type { Config, EngineEntry, EngineKind } from "@/config/schema.ts";
import type { MemoryReading } from "@/records/trial_record.ts";
import type { EngineSettings } from "./parity/setting_rules.ts";
import type { Api } from "@/config/workload_schema.ts";
import type { MetricsSource } from "./server_metrics.ts";
import type { HelpQuestion } from "./flags/help_question.ts";
import { completionPrompt, type TokenizerSource } from "./tokenizer/token_counter.ts";

export interface Message {
  role: string;
  content: string;
}

/** What a request asks for, before an engine puts it into its own words. */
export interface ChatRequest {
  messages: Message[];
  max_tokens: number;
  temperature: number;
  /** `chat` if absent; the completions API gets the messages' contents as one text. */
  api?: Api;
  /** No end of text before so many tokens, for engines that know it. */
  min_tokens?: number;
  /** The workload is about reuse: what the engine still holds of earlier prompts may be used. */
  reuse?: boolean;
}

/** Can this machine run the engine, and if not, why and what would help. */
export interface Availability {
  available: boolean;
  why: string;
  /** A command or a step; empty when there is nothing to do. */
  what_to_do: string;
}

/** A server's command line. `env` is added to the inherited environment. */
export interface Command {
  argv: string[];
  env?: Record<string, string>;
  /** Files that it reads, to be written before it starts. */
  files?: { path: string; text: string }[];
  /** Where `argv` is the client of a container engine: whose end is not the server's, which has to be asked for by name. */
  container?: { runtime: string; name: string };
}

export interface Engine<E extends EngineEntry = EngineEntry> {
  kind: EngineKind;
  /** One line for people: what it is. */
  about: string;
  /** Of this kind, or of one entry of it where that says more. */
  availability(entry?: E): Promise<Availability>;
  /** Null for a server that something else runs. */
  command(entry: E, config: Config, port: number): Command | null;
  /** How its program tells its flags; absent where they are not checked. */
  help?(entry: E): HelpQuestion;
  /** How it is told the neutral settings; absent where it cannot be told any. */
  settings?(entry: E): EngineSettings;
  /** Root of the OpenAI-compatible API, without a slash at the end. */
  baseUrl(entry: E, port: number): string;
  /** The roots of all servers behind the entry, where there may be several. */
  replicas?(entry: E): string[];
  /** Certificates to trust besides the usual ones, PEM. Throws when they cannot be read. */
  ca?(entry: E): string | undefined;
  /** The model name that requests carry. */
  model(entry: E, config: Config): string;
  /** Path beside the API root that answers 200 once the server is up; null if there is none. */
  healthPath: string | null;
  /** How the tokens of its prompts can be counted. */
  tokenizer(entry: E, config: Config): TokenizerSource;
  /** Most tokens of a prompt and its answer together; null where only the server knows. */
  contextTokens(entry: E, config: Config): number | null;
  /** The JSON body of a streamed completion, of a chat or of text. */
  body(entry: E, model: string, request: ChatRequest): Record<string, unknown>;
  /** HTTP headers besides the content type, e.g. the key of an external server. */
  headers(entry: E): Record<string, string>;
  /** What the server uses now, from its process or endpoints; null if it cannot be told. */
  memory(pid: number | null): Promise<MemoryReading | null>;
  /** Where the server tells what it is doing; null if it does not. */
  metrics(entry: E, baseUrl: string): MetricsSource | null;
  /** Name and version, and what is served, for the manifest. */
  describe(entry: E, config: Config): Promise<{ version: string; model: string }>;
}

/** Whether the entry's server computes on an NVIDIA GPU of this machine. */
export function usesGpu(entry: EngineEntry): boolean {
  return entry.kind === "vllm"
    ? entry.device === "cuda"
    : entry.kind === "sglang" || entry.kind === "tensorrt-llm";
}

/** The body that every OpenAI-compatible server understands. */
export function openAiBody(model: string, request: ChatRequest): Record<string, unknown> {
  const prompt = request.api === "completions"
    ? { prompt: completionPrompt(request.messages) }
    : { messages: request.messages };
  return {
    model,
    ...prompt,
    max_tokens: request.max_tokens,
    temperature: request.temperature,
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** How vLLM, SGLang and TensorRT-LLM are told how long an answer is to be. */
export function lengthFields(
  { ignore_eos }: { ignore_eos: boolean },
  { min_tokens }: ChatRequest,
): Record<string, unknown> {
  return ignore_eos && min_tokens !== undefined ? { ignore_eos, min_tokens } : { ignore_eos };
}

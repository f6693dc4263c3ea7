/** What is recorded of a server's start: its phases, what its log told, its environment, its first words. */

/** What a server is busy with before it is ready, in the words of the records. */
export type StartupPhase =
  | "importing"
  | "loading_weights"
  | "allocating_kv"
  | "compiling"
  | "capturing_graphs"
  | "warming_up";

/** Every phase in the order in which most engines pass them, with how people are told it. */
export const STARTUP_PHASES: Record<StartupPhase, string> = {
  importing: "importing",
  loading_weights: "loading weights",
  compiling: "compiling",
  allocating_kv: "profiling and allocating KV",
  capturing_graphs: "capturing graphs",
  warming_up: "warming up",
};

/**
 * One stay in a phase, in seconds since the launch. Stays follow each other without a gap from 0 to
 * the moment of readiness or of failure; a phase may be entered twice.
 */
export interface PhaseTime {
  phase: StartupPhase;
  start_s: number;
  end_s: number;
}

/** What the server's log told of its capacity and memory; null where it told nothing. */
export interface ToldAtStart {
  /** Tokens that the KV cache holds, over all slots. */
  kv_cache_tokens: number | null;
  kv_cache_bytes: number | null;
  /** Of one GPU where there are several. */
  weights_bytes: number | null;
  /** CUDA graphs, of one GPU where there are several. */
  graphs_bytes: number | null;
  /** Requests at once, by the engine's own rule: of the longest context (vLLM) or as configured. */
  max_concurrency: number | null;
}

/** Variables with secrets masked. */
export interface RecordedEnvironment {
  /** Set by this project for that server. */
  added: Record<string, string>;
  /** Inherited ones that engines and their libraries read. */
  inherited: Record<string, string>;
}

/** What is wrong with the form of an answer; its truth is not judged. */
export type ContentFault = "empty" | "no text" | "repeated" | "failed";

/** What a ready server answered to three greedy prompts before its first trial. */
export interface ContentProbe {
  answers: ProbeAnswer[];
  verdict: "text" | "SUSPECT";
}

export interface ProbeAnswer {
  prompt_id: string;
  /** Its first tokens, at most 200 characters; of a failed request the error. */
  text: string;
  fault: ContentFault | null;
}

/** What a probe saw, in words: `2 of 3 answers no text: repeated "!!!!"`. */
export function contentSeen({ answers }: ContentProbe): string {
  const ill = answers.filter(({ fault }) => fault !== null);
  if (ill.length === 0) return `${answers.length} answers of text`;
  const { text, fault } = ill[0]!;
  const example = text.trim().replaceAll(/\s+/g, " ").slice(0, 60);
  return `${ill.length} of ${answers.length} answers to the content probe ${
    ill.length === 1 ? "is" : "are"
  } no proper text, the first ${fault}${example === "" ? "" : `: "${example}"`}`;
}

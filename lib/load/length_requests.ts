/** The requests of workloads whose lengths are given in tokens: seeded, and as long as asked for. */
import { setImmediate } from "node:timers";
import type { Arrival, ArrivalList } from "@/config/arrivals/arrival.ts";
import { drawLength, fixedAt } from "@/config/length_distribution.ts";
import type { PlannedTrial } from "@/config/plan.ts";
import { randomFrom } from "@/config/seeds.ts";
import { inputLengths, outputLengths } from "@/config/workload_lengths.ts";
import type { LengthWorkload } from "@/config/workload_schema.ts";
import type { PromptWriter } from "./prompt_writer.ts";
import type { WorkloadRequest } from "./workload.ts";

type OfKind<K extends LengthWorkload["kind"]> = Extract<LengthWorkload, { kind: K }>;

/** What the lengths of one phase are drawn from. */
interface Phase {
  trial: PlannedTrial;
  name: "warmup" | "measured";
  writer: PromptWriter;
  arrivals: ArrivalList;
  /** One stream for all lengths, so that they are the same whatever tokenizer the words go by. */
  lengths: () => number;
  /** A stream for the words of one text. */
  words(...purpose: (string | number)[]): () => number;
}

/**
 * The requests of `trial`. Lengths and order are equal for every entry of its block, and so is the
 * text for entries with one tokenizer. Warm-up has texts of its own. Each is written when it is its
 * turn; throws then where a length cannot be written or a trace tells none.
 */
export function lengthRequests(
  trial: PlannedTrial,
  workload: LengthWorkload,
  writer: PromptWriter,
  arrivals: ArrivalList = [],
): Record<Phase["name"], AsyncGenerator<WorkloadRequest>> {
  async function* made(name: Phase["name"], count: number) {
    const { prompt_seed } = trial;
    const lengths = randomFrom(prompt_seed, name, "lengths");
    const words = (...purpose: (string | number)[]) => randomFrom(prompt_seed, name, ...purpose);
    const phase = { trial, name, writer, arrivals, lengths, words };
    const make = requestMaker(workload, phase);
    for (let i = 0; i < count; i++) {
      yield await make(i);
      if (i % REQUESTS_A_TURN === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
  return {
    warmup: made("warmup", trial.warmup_requests),
    measured: made("measured", trial.requests),
  };
}

/** Then other work gets its turn, such as an interrupt: thousands of long texts take seconds. */
const REQUESTS_A_TURN = 32;

type Maker = (i: number) => Promise<WorkloadRequest>;

function requestMaker(workload: LengthWorkload, phase: Phase): Maker {
  switch (workload.kind) {
    case "synthetic":
      return synthetic(workload, phase);
    case "shared_prefix":
      return sharedPrefix(workload, phase);
    case "multi_turn":
      return multiTurn(workload, phase);
    case "trace":
      return trace(workload, phase);
  }
}

function synthetic(workload: OfKind<"synthetic">, phase: Phase): Maker {
  const { writer, lengths, words } = phase;
  const input = inputLengths(workload)!;
  return async (i) => {
    const tokens = drawLength(input, lengths);
    const max_tokens = drawOutput(workload, phase);
    const text = await writer.prompt(tokens, workload.api, words("text", i));
    return asked(`synthetic/${i}`, text, max_tokens, tokens);
  };
}

function sharedPrefix(workload: OfKind<"shared_prefix">, phase: Phase): Maker {
  const { groups, prefix_tokens, suffix_tokens, share, api } = workload;
  const { lengths, words, writer } = phase;
  const suffix = fixedAt(suffix_tokens);
  const prefixes = prefixesOf(prefix_tokens, api, phase);
  return async (i) => {
    const member = lengths() < share;
    const group = Math.floor(lengths() * groups);
    const tokens = prefix_tokens + drawLength(suffix, lengths);
    const max_tokens = drawOutput(workload, phase);
    const prefix = member ? await prefixes(group) : undefined;
    const text = await writer.prompt(tokens, api, words("text", i), prefix);
    return asked(`${member ? `group-${group}` : "alone"}/${i}`, text, max_tokens, tokens);
  };
}

/** Turns of one conversation follow each other in the list; the last one may end early. */
function multiTurn(workload: OfKind<"multi_turn">, phase: Phase): Maker {
  const { turns, turn_tokens } = workload;
  const { lengths, words, writer } = phase;
  const first = inputLengths(workload)!;
  const later = fixedAt(turn_tokens);
  return async (i) => {
    const [conversation, turn] = [Math.floor(i / turns), i % turns];
    const tokens = drawLength(turn === 0 ? first : later, lengths);
    const max_tokens = drawOutput(workload, phase);
    const id = `conversation-${conversation}/${turn}`;
    const text = turn === 0
      ? await writer.prompt(tokens, "chat", words("text", i))
      : await writer.text(tokens, words("text", i));
    const request = asked(id, text, max_tokens, turn === 0 ? tokens : undefined);
    return { ...request, turn: { conversation, turn } };
  };
}

/** Warm-up takes lengths at random from the trace. */
function trace(workload: OfKind<"trace">, phase: Phase): Maker {
  const { api, prefix_tokens } = workload;
  const { arrivals, name, lengths, words, writer } = phase;
  const prefixes = prefixesOf(prefix_tokens, api, phase);
  return async (i) => {
    const at = name === "measured" ? i : Math.floor(lengths() * arrivals.length);
    const row = arrivals.at(at);
    const max_tokens = Math.max(1, row?.output_tokens ?? drawOutput(workload, phase));
    if (row?.prompt !== undefined) return asked(`trace/${at}`, row.prompt, max_tokens);
    if (row?.input_tokens === undefined) {
      throw new Error(
        `arrival ${at + 1} tells no input length, which a workload of kind trace needs; use kind ` +
          "synthetic to give lengths of your own",
      );
    }
    const text = await traceText({ ...row, input_tokens: row.input_tokens });
    return asked(`trace/${at}`, text, max_tokens, row.input_tokens);

    /** A row that is shorter than the chat template gets one word; the record tells both lengths. */
    async function traceText({ input_tokens, prefix_group }: Arrival & { input_tokens: number }) {
      const tokens = Math.max(input_tokens, await writer.shortest(api));
      const grouped = prefix_group !== undefined && tokens > prefix_tokens &&
        prefix_tokens >= await writer.shortest(api);
      const prefix = grouped ? await prefixes(prefix_group) : undefined;
      return await writer.prompt(tokens, api, words("text", i), prefix);
    }
  };
}

/** Each group's common beginning, written when it is first needed. */
function prefixesOf(tokens: number, api: "chat" | "completions", { writer, words }: Phase) {
  const written = new Map<string | number, Promise<string>>();
  return (group: string | number): Promise<string> => {
    const prefix = written.get(group) ?? writer.prompt(tokens, api, words("prefix", group));
    written.set(group, prefix);
    return prefix;
  };
}

function drawOutput(workload: LengthWorkload, { trial, lengths }: Phase): number {
  return drawLength(outputLengths(workload, trial), lengths);
}

function asked(
  prompt_id: string,
  content: string,
  max_tokens: number,
  asked_prompt_tokens?: number,
): WorkloadRequest {
  const request = { prompt_id, messages: [{ role: "user" as const, content }], max_tokens };
  return asked_prompt_tokens === undefined ? request : { ...request, asked_prompt_tokens };
}

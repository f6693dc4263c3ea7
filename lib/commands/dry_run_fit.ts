/** Whether each entry's model fits its GPU and is served by its engine, as people read it. */
import type { Alternative } from "@/config/fit/fit.ts";
import { hasShorterSpans, kvFormula, requestsAtOnce } from "@/config/fit/fit.ts";
import { gibibytes } from "@/config/fit/gpus.ts";
import { MEMORY_RULES } from "@/config/fit/memory_rules.ts";
import { weightParts } from "@/config/fit/weights.ts";
import { lengthEnds } from "@/config/length_distribution.ts";
import type { Prompt } from "@/config/prompts.ts";
import type { Config } from "@/config/schema.ts";
import { outputLengths, requestEnds } from "@/config/workload_lengths.ts";
import { givesLengths } from "@/config/workload_schema.ts";
import {
  type EntryFit,
  type UnknownFit,
  YARDSTICK_PROMPT_TOKENS,
} from "@/engines/support/entry_fit.ts";

/** What the entries are asked for. */
export interface AskedLoad {
  concurrency_levels: readonly number[];
  max_tokens: number;
  /** Of the study's longest prompt, about; absent where prompts are not read. */
  longest_prompt_tokens?: number;
}

/** Characters of English text that a token stands for, about: enough to tell hundreds from thousands. */
const CHARACTERS_PER_TOKEN = 4;

/** The load of a study with these prompts. */
export function askedLoad(config: Config, prompts: readonly Prompt[]): AskedLoad {
  const { benchmark } = config;
  const workloads = Object.values(config.workloads);
  const characters = workloads.every(givesLengths)
    ? []
    : prompts.map(({ messages }) => messages.reduce((sum, { content }) => sum + content.length, 0));
  const max_tokens = Math.max(
    ...workloads.map((workload) => lengthEnds(outputLengths(workload, benchmark)).max),
  );
  const given = workloads.flatMap((workload) => {
    const ends = requestEnds(workload, benchmark);
    return ends === null ? [] : ends.longest - lengthEnds(outputLengths(workload, benchmark)).max;
  });
  const about = characters.map((length) => Math.ceil(length / CHARACTERS_PER_TOKEN));
  const load = { ...benchmark, max_tokens };
  const known = [...about, ...given];
  return known.length === 0 ? load : { ...load, longest_prompt_tokens: Math.max(...known) };
}

const refused = ({ fit, support }: EntryFit) =>
  fit.verdict === "too big" || support.verdict === "unsupported";

const FITS = {
  "fits": "fits",
  "tight": "fits only if activations and graphs take less than is allowed for them,",
  "too big": "does not fit",
};

/** A paragraph for each entry, or for several of which all the same is to be said; empty where none computes on a GPU. */
export function renderFits(fits: readonly (EntryFit | UnknownFit)[], load: AskedLoad): string {
  const text = (fit: EntryFit | UnknownFit) =>
    "unknown" in fit
      ? `whether it fits is not known: ${fit.unknown}`
      : [headline(fit), ...arithmetic(fit, load), ...verdict(fit)].join("\n  ");
  return [...Map.groupBy(fits, text)]
    .map(([said, own]) => `${own.map(({ entry }) => entry).join(", ")}: ${said}`).join("\n");
}

/** A verdict of few words. */
export function fitInShort(fit: EntryFit | UnknownFit): string {
  return "unknown" in fit
    ? "whether it fits is not known"
    : `${FITS[fit.fit.verdict]}, ${fit.support.verdict}`;
}

/** Why an entry cannot run, with what can instead, a paragraph each; none where all may. */
export function fitRefusals(fits: readonly (EntryFit | UnknownFit)[]): string[] {
  return fits.flatMap((fit) => {
    if ("unknown" in fit || !refused(fit)) return [];
    const why = [
      ...(fit.support.verdict === "unsupported"
        ? [`unsupported, because ${fit.support.why} [${fit.support.source}]`]
        : []),
      ...(fit.fit.verdict !== "too big"
        ? []
        : [`${fit.question.quantization} does not fit on ${cards(fit)}: ${shortage(fit)}`]),
    ];
    return [[`  ${fit.entry}: ${why.join("; and ")}`, ...insteadLines(fit)].join("\n    ")];
  });
}

function headline({ question, fit, quantization_by }: EntryFit): string {
  const { quantization, context_tokens } = question;
  return `${quantization} (by ${quantization_by}) ${FITS[fit.verdict]} on ${
    cards({ question })
  } with a context of ${count(context_tokens)} tokens`;
}

function cards({ question: { gpu, gpus } }: Pick<EntryFit, "question">): string {
  const one = `${gpu.name} (${gib(gibibytes(gpu))})`;
  return gpus === 1 ? one : `${gpus} × ${one}`;
}

function arithmetic(entry: EntryFit, load: AskedLoad): string[] {
  const { question, fit } = entry;
  const { shape, quantization, gpus } = question;
  const parts = weightParts(shape, quantization, question).map(({ what, parameters, how, bytes }) =>
    `${(parameters / 1e9).toFixed(2)}e9 ${what} × ${how} = ${(bytes / 1e9).toFixed(1)} GB`
  );
  const vision = shape.vision_parameters > 0 && question.vision === false
    ? "; its vision tower is not loaded"
    : "";
  const share = gpus === 1 ? "" : ` on each of ${gpus} GPUs`;
  const weights = `weights   ${parts.join(" + ")}; ${gib(fit.weights_gib)}${share}${vision}`;
  const left = `left      ${poolFormula(entry)} = ${gib(fit.pool_gib)} for keys and values`;
  if (fit.pool_gib <= 0) return [weights, left];
  return [weights, left, ...capacity(entry, load)];
}

function poolFormula({ question, fit }: EntryFit): string {
  const fraction = String(Number(fit.fraction.toFixed(3)));
  const [memory, weights] = [gibibytes(question.gpu), fit.weights_gib].map((n) => n.toFixed(2));
  return MEMORY_RULES[question.engine].formula(memory!, fraction, weights!);
}

function capacity(entry: EntryFit, load: AskedLoad): string[] {
  const { question, fit } = entry;
  const { shape, context_tokens, gpus } = question;
  const { pool_tokens, kv_bytes_per_token, tpot_floor_ms } = fit;
  const share = gpus === 1 ? "" : `, ${count(kv_bytes_per_token)} on each GPU`;
  const windows = hasShorterSpans(shape, context_tokens)
    ? " (more where the engine frees what leaves a layer's window)"
    : "";
  const sizes = requestSizes(load);
  const atOnce = [{ tokens: context_tokens, what: "the whole context" }, ...sizes]
    .map(({ tokens, what }) => `${count(requestsAtOnce(question, fit, tokens))} of ${what}`);
  const bytes = count(shape.layers * bytesPerLayer(entry));
  return [
    `KV        ${kvFormula(question)} = ${bytes} B a token${share}: ${
      count(pool_tokens)
    } tokens${windows}`,
    `at once   requests: ${atOnce.join("; ")}`,
    ...sizes.flatMap((size) => tooMany(entry, load.concurrency_levels, size)),
    ...(tpot_floor_ms === null ? [] : [
      `at least  ${
        tpot_floor_ms.toFixed(1)
      } ms a token for one user, since each step reads the active weights; a lower TPOT is wrong`,
    ]),
  ];
}

interface RequestSize {
  tokens: number;
  what: string;
}

/** A request for comparisons, and the longest of the study itself. */
function requestSizes({ max_tokens, longest_prompt_tokens }: AskedLoad): RequestSize[] {
  const size = (prompt: number, words: string) => ({
    tokens: prompt + max_tokens,
    what: `${words} in and ${count(max_tokens)} out`,
  });
  const yardstick = size(YARDSTICK_PROMPT_TOKENS, `${count(YARDSTICK_PROMPT_TOKENS)} tokens`);
  if (longest_prompt_tokens === undefined) return [yardstick];
  const words = `this study's longest prompt (about ${count(longest_prompt_tokens)} tokens)`;
  return [yardstick, size(longest_prompt_tokens, words)];
}

const bytesPerLayer = ({ question, fit }: EntryFit) => {
  const { shape, gpus } = question;
  const { attention } = shape;
  const shares = attention.kind === "grouped" ? Math.min(gpus, attention.kv_heads) : 1;
  return fit.kv_bytes_per_token * shares / shape.layers;
};

/** Levels whose users cannot all be held with requests of that size. */
function tooMany(entry: EntryFit, levels: readonly number[], { tokens, what }: RequestSize) {
  const most = requestsAtOnce(entry.question, entry.fit, tokens);
  const over = levels.filter((level) => level > most);
  if (over.length === 0) return [];
  const top = Math.max(...over);
  const needed = `${count(top)} × ${count(tokens)} = ${count(top * tokens)} tokens of ${
    count(entry.fit.pool_tokens)
  }`;
  return [
    `too many  ${over.map(count).join(", ")} users with ${what} need more than that (${needed}): ` +
    "some would wait or lose their place",
  ];
}

function verdict(entry: EntryFit): string[] {
  const { verdict, why, source } = entry.support;
  const because = verdict === "unsupported" ? "unsupported, because" : `${verdict}:`;
  return [`support   ${because} ${why} [${source}]`, ...insteadLines(entry)];
}

/** What is too much, in numbers. */
function shortage(entry: EntryFit): string {
  const { question, fit } = entry;
  const { context_tokens } = question;
  if (fit.pool_gib <= 0) {
    return `${poolFormula(entry)} = ${gib(fit.pool_gib)}`;
  }
  const asked = entry.asked_context ? "asked for" : "the model's own";
  return `${gib(fit.pool_gib)} hold ${count(fit.pool_tokens)} tokens, less than one context of ${
    count(context_tokens)
  } (${asked}); set a shorter one`;
}

function insteadLines(entry: EntryFit): string[] {
  const { question, instead } = entry;
  if (!refused(entry)) return [];
  if (instead.length === 0) return ["instead   nothing that is known here fits"];
  const told = ({ quantization, gpu, gpus, weights_gib }: Alternative) => {
    const on = gpu.name === question.gpu.name && gpus === question.gpus
      ? "here"
      : `on ${gpus} × ${gpu.name}`;
    return `${quantization} ${on} (${gib(weights_gib)} of weights${gpus > 1 ? " each" : ""})`;
  };
  return [`instead   what does fit: ${instead.slice(0, 5).map(told).join("; ")}`];
}

const gib = (number: number) => `${number.toFixed(1)} GiB`;
const count = (number: number) => Math.round(number).toLocaleString("en");

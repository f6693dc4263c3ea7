/** Bytes of a model's weights in the quantisations that are told apart here. */
import type { Architecture } from "./architecture.ts";
import { countParameters, type Parameters, parametersPerToken } from "./parameters.ts";

type Part = keyof Parameters;

export const QUANTIZATIONS = ["bf16", "fp8", "w4a16", "nvfp4", "mxfp4"] as const;
export type Quantization = typeof QUANTIZATIONS[number];

const LINEAR: Part[] = ["attention", "dense", "routed_experts", "shared_experts"];

interface Scheme {
  /** Bytes of a quantised weight with its share of the group's scale. */
  bytes: number;
  /** In words, for the arithmetic. */
  how: string;
  parts: readonly Part[];
}

/** The parts that are quantised and into what; all others are 16 bits wide. */
const SCHEMES: Record<Quantization, Scheme> = {
  bf16: { bytes: 2, how: "2 B each", parts: [] },
  fp8: { bytes: 1, how: "1 B each", parts: LINEAR },
  w4a16: { bytes: 0.5 + 2 / 128, how: "0.5 B + 2 B for each 128", parts: LINEAR },
  nvfp4: { bytes: 0.5 + 1 / 16, how: "0.5 B + 1 B for each 16", parts: LINEAR },
  mxfp4: { bytes: 0.5 + 1 / 32, how: "0.5 B + 1 B for each 32", parts: ["routed_experts"] },
};

/** The 4-bit checkpoints of Llama 4 leave attention as it is (llm-compressor's recipe for it). */
const ATTENTION_KEPT: Record<string, readonly Quantization[]> = {
  llama4_text: ["w4a16", "nvfp4"],
};

export interface WeightOptions {
  /** Attention stays 16 bits wide; by default as the family's published checkpoints have it. */
  attentionKept?: boolean | undefined;
  /** Whether the vision tower is loaded; by default it is. */
  vision?: boolean;
}

export interface WeightPart {
  what: string;
  parameters: number;
  how: string;
  bytes: number;
}

/** The quantised and the 16-bit part, of which the first may be empty. */
export function weightParts(
  shape: Architecture,
  quantization: Quantization,
  options: WeightOptions = {},
): WeightPart[] {
  const { bytes, how } = SCHEMES[quantization];
  const quantised = quantisedParts(shape, quantization, options);
  const counts = countParameters(shape);
  const loaded = options.vision === false ? { ...counts, vision: 0 } : counts;
  const inside = sumOf(loaded, quantised);
  const outside = sumOf(loaded, Object.keys(loaded) as Part[]) - inside;
  return [
    {
      what: `${quantization} (${
        quantised.filter((part) => loaded[part] > 0).map(words).join(", ")
      })`,
      parameters: inside,
      how,
      bytes: inside * bytes,
    },
    {
      what: quantised.length === 0 ? "bf16" : "bf16 (the rest)",
      parameters: outside,
      how: "2 B each",
      bytes: outside * 2,
    },
  ].filter(({ parameters }) => parameters > 0);
}

/** Bytes of all weights. */
export function weightBytes(
  shape: Architecture,
  quantization: Quantization,
  options: WeightOptions = {},
): number {
  return weightParts(shape, quantization, options).reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Bytes of weights that a decode step for one user must read: the active ones, without the
 * embedding, of which a token needs one row.
 */
export function bytesReadPerToken(
  shape: Architecture,
  quantization: Quantization,
  options: WeightOptions = {},
): number {
  const quantised = quantisedParts(shape, quantization, options);
  const read = parametersPerToken(shape);
  // The embedding itself is read whole where it is the output layer.
  if (!shape.tied) read.embedding = 0;
  const inside = sumOf(read, quantised);
  const outside = sumOf(read, Object.keys(read) as Part[]) - inside;
  return inside * SCHEMES[quantization].bytes + outside * 2;
}

function quantisedParts(
  { model_type }: Architecture,
  quantization: Quantization,
  { attentionKept }: WeightOptions,
): Part[] {
  const kept = attentionKept ?? ATTENTION_KEPT[model_type]?.includes(quantization) ?? false;
  return SCHEMES[quantization].parts.filter((part) => !(kept && part === "attention"));
}

const sumOf = (counts: Parameters, parts: readonly Part[]) =>
  parts.reduce((sum, part) => sum + counts[part], 0);

const words = (part: Part) => part.replaceAll("_", " ");

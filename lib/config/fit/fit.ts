/** Whether a model fits on a GPU beside the keys and values that it is asked to hold. */
import type { Architecture } from "./architecture.ts";
import { gibibytes, type Gpu } from "./gpus.ts";
import { kvBytesOfRequest, kvBytesPerLayer, kvBytesPerToken, type KvType } from "./kv_cache.ts";
import { type GpuEngineKind, MEMORY_RULES } from "./memory_rules.ts";
import {
  bytesReadPerToken,
  type Quantization,
  weightBytes,
  type WeightOptions,
} from "./weights.ts";

const GIB = 2 ** 30;

export interface FitQuestion extends WeightOptions {
  shape: Architecture;
  quantization: Quantization;
  engine: GpuEngineKind;
  gpu: Gpu;
  /** GPUs that share the weights (tensor parallelism). */
  gpus: number;
  /** Of the GPU's memory, as the engine means it; absent: its own default. */
  fraction?: number | undefined;
  kv_type: KvType;
  context_tokens: number;
}

/** Sizes are those of one GPU. */
export interface Fit {
  /**
   * Whether one request of the whole context can be held; `tight`: only if activations and graphs
   * take less than is allowed for them, which is not measured.
   */
  verdict: "fits" | "tight" | "too big";
  fraction: number;
  weights_gib: number;
  /** What is left for keys and values; negative where the weights alone are too much. */
  pool_gib: number;
  /** As if every layer kept every token. */
  kv_bytes_per_token: number;
  pool_tokens: number;
  /** Time of a decode step for one user, below which no measurement can be right; null without a bandwidth. */
  tpot_floor_ms: number | null;
}

/** The arithmetic of one engine's defaults or settings. */
export function fitOf(question: FitQuestion): Fit {
  const { shape, quantization, engine, gpu, gpus, kv_type } = question;
  const rule = MEMORY_RULES[engine];
  const fraction = question.fraction ?? rule.fraction(gpu);
  const weights_gib = weightBytes(shape, quantization, question) / gpus / GIB;
  const pool_gib = rule.pool_gib(gibibytes(gpu), fraction, weights_gib);
  const kv_bytes_per_token = kvBytesPerToken(shape, kv_type) / kvShares(shape, gpus);
  const fit: Omit<Fit, "verdict"> = {
    fraction,
    weights_gib,
    pool_gib,
    kv_bytes_per_token,
    pool_tokens: Math.max(0, Math.floor(pool_gib * GIB / kv_bytes_per_token)),
    tpot_floor_ms: gpu.bandwidth_tb_s === null
      ? null
      : bytesReadPerToken(shape, quantization, question) / gpus / gpu.bandwidth_tb_s / 1e9,
  };
  const held = (gib: number) =>
    requestsAtOnce(question, { pool_gib: gib }, question.context_tokens) > 0;
  const verdict = held(pool_gib) ? "fits" : held(pool_gib + rule.slack_gib) ? "tight" : "too big";
  return { ...fit, verdict };
}

/** Tokens of one step, as the engines are set or set themselves on these cards. */
const STEP_TOKENS = 8192;

/** Requests of so many tokens that the pool holds together while all are read in. */
export function requestsAtOnce(
  { shape, gpus, kv_type }: Pick<FitQuestion, "shape" | "gpus" | "kv_type">,
  { pool_gib }: Pick<Fit, "pool_gib">,
  tokens: number,
): number {
  const bytes = kvBytesOfRequest(shape, tokens, kv_type, STEP_TOKENS) / kvShares(shape, gpus);
  return Math.max(0, Math.floor(pool_gib * GIB / bytes));
}

/** Into how many GPUs keys and values are split: by KV head; a compressed vector is on each of them. */
function kvShares({ attention }: Architecture, gpus: number): number {
  return attention.kind === "grouped" ? Math.min(gpus, attention.kv_heads) : 1;
}

/** Whether layers keep less than the whole context of that many tokens. */
export function hasShorterSpans({ spans }: Architecture, tokens: number): boolean {
  return spans.some(({ window_tokens }) => window_tokens !== null && window_tokens < tokens);
}

/** `48 layers × 4,096 B`, of one token. */
export function kvFormula({ shape, kv_type }: Pick<FitQuestion, "shape" | "kv_type">): string {
  const bytes = kvBytesPerLayer(shape, kv_type).toLocaleString("en");
  return `${shape.layers} layers × ${bytes} B (${kv_type})`;
}

/** A quantisation and cards on which the model fits. */
export interface Alternative {
  quantization: Quantization;
  gpu: Gpu;
  gpus: number;
  weights_gib: number;
}

/**
 * What does fit of the same model at the same context: other quantisations on this card, then more of
 * these cards, then bigger ones. `servable` leaves out what the engine does not serve.
 */
export function alternatives(
  question: FitQuestion,
  quantizations: readonly Quantization[],
  bigger: readonly Gpu[],
  servable: (quantization: Quantization, gpu: Gpu) => boolean,
): Alternative[] {
  const { gpu, gpus, quantization: own } = question;
  const more = [2, 4, 8, 16].map((factor) => gpus * factor);
  const first = (candidates: [Quantization, Gpu, number][]) =>
    candidates.flatMap(([quantization, gpu, gpus]) => {
      if (!servable(quantization, gpu)) return [];
      const { verdict, weights_gib } = fitOf({ ...question, quantization, gpu, gpus });
      return verdict === "fits" ? [{ quantization, gpu, gpus, weights_gib }] : [];
    });
  const others = quantizations.filter((quantization) => quantization !== own);
  return [
    ...first(others.map((quantization) => [quantization, gpu, gpus])),
    ...first(more.map((count) => [own, gpu, count])).slice(0, 1),
    ...first(
      quantizations.flatMap((each) => bigger.map((card) => [each, card, gpus] as const))
        .map(([each, card, count]) => [each, card, count]),
    ),
  ];
}

/** In which quantisation a model's weights are: as the config, the model itself or its name says. */
import { isMapping, type ModelConfig } from "@/config/fit/architecture.ts";
import type { Quantization } from "@/config/fit/weights.ts";

export interface FoundQuantization {
  quantization: Quantization;
  /** Where that was read. */
  by: string;
  /** Attention stays 16 bits wide; absent where the model's own config does not say. */
  attentionKept?: boolean;
}

/** Methods of `quantization_config` that mean one thing. */
const METHODS: Record<string, Quantization> = {
  fp8: "fp8",
  fbgemm_fp8: "fp8",
  mxfp4: "mxfp4",
  awq: "w4a16",
  gptq: "w4a16",
};

const IN_NAMES: [RegExp, Quantization][] = [
  [/nvfp4/i, "nvfp4"],
  [/mxfp4/i, "mxfp4"],
  [/w4a16|awq|gptq|int4/i, "w4a16"],
  [/fp8/i, "fp8"],
];

/** What the weights' own config says; null without a word of it. Throws where it says what is not known here. */
export function ownQuantization(config: ModelConfig): FoundQuantization | null {
  const own = config.quantization_config;
  if (!isMapping(own)) return null;
  const quantization = METHODS[String(own.quant_method)] ?? ofGroups(own) ?? ofAlgorithm(own);
  if (quantization === null) {
    throw new Error(
      `its quantization_config (${
        String(own.quant_method)
      }) is of a kind that is not known here; say which is nearest as model.quantization`,
    );
  }
  const kept = [own.ignore, own.modules_to_not_convert, own.exclude_modules].flat();
  const attentionKept = kept.some((name) => typeof name === "string" && /self_attn/.test(name));
  return { quantization, by: "its quantization_config", attentionKept };
}

/** compressed-tensors: the first group's weights. */
function ofGroups({ config_groups }: Record<string, unknown>): Quantization | null {
  const [group] = isMapping(config_groups) ? Object.values(config_groups) : [];
  const weights = isMapping(group) && isMapping(group.weights) ? group.weights : {};
  if (weights.num_bits === 8 && weights.type === "float") return "fp8";
  if (weights.num_bits !== 4) return null;
  return weights.type === "int" ? "w4a16" : weights.group_size === 32 ? "mxfp4" : "nvfp4";
}

/** ModelOpt's word. */
function ofAlgorithm({ quant_algo }: Record<string, unknown>): Quantization | null {
  const word = String(quant_algo).toUpperCase();
  return word === "FP8" ? "fp8" : word === "NVFP4" ? "nvfp4" : null;
}

/** What a checkpoint's name says; null if nothing. */
export function quantizationInName(name: string): Quantization | null {
  return IN_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/**
 * What counts: the study's own word, the weights' config, the name, else 16 bits. Throws where the
 * first two contradict each other.
 */
export function quantizationOf(
  model: { name: string; quantization?: Quantization | undefined },
  config: ModelConfig,
): FoundQuantization {
  const { name, quantization: asked } = model;
  if (asked !== undefined) {
    const told = toldBy(config);
    if (told !== null && told.quantization !== asked) {
      throw new Error(
        `model.quantization is ${asked}, but ${told.by} says ${told.quantization}; leave it out`,
      );
    }
    return told ?? { quantization: asked, by: "model.quantization" };
  }
  const own = ownQuantization(config);
  if (own !== null) return own;
  const named = quantizationInName(name);
  if (named !== null) return { quantization: named, by: "its name" };
  return { quantization: "bf16", by: "no word of another" };
}

/** A kind that is not known here is what the study's own word is for. */
function toldBy(config: ModelConfig): FoundQuantization | null {
  try {
    return ownQuantization(config);
  } catch {
    return null;
  }
}

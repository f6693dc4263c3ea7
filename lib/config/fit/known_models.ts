/** Models whose shape ships with the project, so that fit is known before anything is downloaded. */
import known from "./architectures.json" with { type: "json" };
import type { ModelConfig } from "./architecture.ts";

export interface KnownModel {
  names: string[];
  source: string;
  config: ModelConfig;
}

const MODELS = known as KnownModel[];

/** The model of that name on the hub; null if its shape does not ship. */
export function knownModel(name: string): KnownModel | null {
  return MODELS.find(({ names }) => names.includes(name)) ?? null;
}

/** Every name that ships, for people. */
export function knownNames(): string[] {
  return MODELS.flatMap(({ names }) => names);
}

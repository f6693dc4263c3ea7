/** Whether entries that serve the same model begin their answers alike: an audit, never a verdict. */
import type { Config } from "@/config/schema.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { ContentProbe } from "@/records/startup_record.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";

/** Two entries of one model, by the content probes of their first launches. */
export interface Agreement {
  a: string;
  b: string;
  /** Prompts that both answered, and those answered with the same first words. */
  prompts: number;
  equal: number;
  /** Share of the first words that are the same at the same place, 0..1; of the longer answer. */
  share: number;
}

/** So many words of an answer are compared; a probe asks for as many tokens. */
const FIRST_WORDS = 32;

/** Each entry against the first one of its model; simulated ones serve none. */
export function agreements(manifest: Manifest, launches: readonly LaunchRecord[]): Agreement[] {
  const probed = Object.keys(manifest.config.engines).flatMap((entry) => {
    const answered = launches.find((launch) => launch.entry === entry && launch.content_probe);
    const model = modelOf(manifest.config, entry);
    return answered === undefined || model === null
      ? []
      : [{ entry, model, probe: answered.content_probe! }];
  });
  return [...Map.groupBy(probed, ({ model }) => model).values()].flatMap(([first, ...others]) =>
    others.flatMap(({ entry, probe }) => agreement(first!.entry, entry, first!.probe, probe))
  );
}

/** What the config says is served; null for a simulated entry, which serves no model. */
function modelOf({ engines, model }: Config, entry: string): string | null {
  const { kind, ...rest } = engines[entry]!;
  if (kind === "simulated") return null;
  return kind === "external" && "model" in rest ? rest.model : model.name;
}

function agreement(a: string, b: string, ofA: ContentProbe, ofB: ContentProbe): Agreement[] {
  const pairs = ofA.answers.flatMap((one) => {
    const other = ofB.answers.find(({ prompt_id }) => prompt_id === one.prompt_id);
    const failed = one.fault === "failed" || other?.fault === "failed";
    return other === undefined || failed ? [] : [equalWords(one.text, other.text)];
  });
  const total = pairs.reduce((sum, { words }) => sum + words, 0);
  if (total === 0) return [];
  return [{
    a,
    b,
    prompts: pairs.length,
    equal: pairs.filter(({ words, equal }) => words === equal).length,
    share: pairs.reduce((sum, { equal }) => sum + equal, 0) / total,
  }];
}

function equalWords(one: string, other: string) {
  const [a, b] = [one, other].map((text) => text.trim().split(/\s+/).slice(0, FIRST_WORDS));
  const equal = a!.filter((word, i) => word === b![i]).length;
  return { equal, words: Math.max(a!.length, b!.length) };
}

/** `agreement of the first tokens: 3 of 3 prompts, 100 %`, with the names of both entries. */
export function agreementText({ a, b, prompts, equal, share }: Agreement): string {
  return `${b} with ${a}: ${equal} of ${prompts} prompts, ${
    Math.floor(share * 100)
  } % of the words`;
}

/** Variables of the environment that undo what a config asks for, as data. */
import type { EngineEntry, EngineKind } from "@/config/schema.ts";

interface Trap {
  kind: EngineKind;
  variable: string;
  applies: (entry: EngineEntry) => boolean;
  /** What it does, as the end of a sentence that begins with the variable. */
  what: string;
}

const onCpu = (entry: EngineEntry) => entry.kind === "vllm" && entry.device === "cpu";
const gives = (entry: EngineEntry, flag: string) =>
  "extra_args" in entry &&
  entry.extra_args.some((word) => word === flag || word.startsWith(`${flag}=`));

const TRAPS: readonly Trap[] = [
  {
    kind: "vllm",
    variable: "VLLM_CPU_KVCACHE_SPACE",
    applies: (entry) => onCpu(entry) && gives(entry, "--kv-cache-memory-bytes"),
    what: "overrides the entry's --kv-cache-memory-bytes on the CPU (it is in GiB); unset it",
  },
  {
    kind: "vllm",
    variable: "VLLM_CPU_KVCACHE_SPACE",
    applies: (entry) => onCpu(entry) && !gives(entry, "--kv-cache-memory-bytes"),
    what: "sets the size of the KV cache in GiB, of which the config says nothing; unset it and " +
      "give --kv-cache-memory-bytes in extra_args, so that the study says it",
  },
];

/** One sentence for each trap that is set for an entry called `name`. */
export function environmentTraps(
  name: string,
  entry: EngineEntry,
  environment: Record<string, string> = Deno.env.toObject(),
): string[] {
  return TRAPS.filter(({ kind, variable, applies }) =>
    kind === entry.kind && environment[variable] && applies(entry)
  ).map(({ variable, what }) => `${name}: ${variable}=${environment[variable]} ${what}`);
}

/** Finds out before anything starts whether every entry can be asked for the lengths of a config. */
import type { Config, EngineEntry } from "@/config/schema.ts";
import { requestEnds } from "@/config/workload_lengths.ts";
import { apiOf, givesLengths, type LengthWorkload } from "@/config/workload_schema.ts";
import type { Path, Source } from "@/config/yaml_source.ts";
import { pathText } from "@/config/zod_problems.ts";
import { engineOf } from "@/engines/kinds.ts";
import { folderCounter } from "@/engines/tokenizer/model_folder.ts";
import type { TokenizerSource } from "@/engines/tokenizer/token_counter.ts";
import { PromptWriter } from "@/load/prompt_writer.ts";
import { UsageError } from "./usage_error.ts";

interface Problem {
  path: Path;
  message: string;
}

/** Throws `UsageError` with a line for each problem, at its place in the config. */
export async function refuseWrongLengths(
  config: Config,
  { locate }: Pick<Source, "locate">,
): Promise<void> {
  const problems = await lengthProblems(config);
  if (problems.length === 0) return;
  const lines = problems.map(({ path, message }) =>
    `${locate(path)} ${pathText(path)}: ${message}`
  );
  throw new UsageError([...new Set(lines)].join("\n"));
}

async function lengthProblems(config: Config): Promise<Problem[]> {
  const workloads = Object.entries(config.workloads).flatMap(([name, workload]) =>
    givesLengths(workload) ? [{ name, workload }] : []
  );
  if (workloads.length === 0) return [];
  const problems: Problem[] = [];
  const writers = new Map<string, Promise<PromptWriter>>();
  for (const [entryName, entry] of Object.entries(config.engines)) {
    for (const { name, workload } of workloads) {
      problems.push(...contextProblems(entryName, name, workload, config));
    }
    // What is not installed yet has no files to look at, and is told of elsewhere.
    if (!(await engineOf(entry.kind).availability(entry)).available) continue;
    try {
      const writer = await writerBeforeStart(entry, config, writers);
      if (writer === null) continue;
      for (const { name, workload } of workloads) {
        problems.push(...await templateProblems(writer, name, workload, config));
      }
    } catch (error) {
      const path = ["engines", entryName, "tokenizer"];
      problems.push({ path, message: (error as Error).message });
    }
  }
  return problems;
}

/** Null where only the running server can count. */
async function writerBeforeStart(
  entry: EngineEntry,
  config: Config,
  writers: Map<string, Promise<PromptWriter>>,
): Promise<PromptWriter | null> {
  const source: TokenizerSource = engineOf(entry.kind).tokenizer(entry, config);
  if (source.from === "server") return null;
  if (source.from === "none") throw new Error(`${source.why}; ${source.what_to_do}`);
  if (source.from === "known") return await PromptWriter.using(source.counter);
  const writer = writers.get(source.folder) ?? PromptWriter.using(folderCounter(source.folder));
  writers.set(source.folder, writer);
  return await writer;
}

function contextProblems(
  entryName: string,
  name: string,
  workload: LengthWorkload,
  config: Config,
): Problem[] {
  const entry = config.engines[entryName]!;
  const context = engineOf(entry.kind).contextTokens(entry, config);
  const ends = requestEnds(workload, config.benchmark);
  if (context === null || ends === null || ends.longest <= context) return [];
  const message =
    `takes up to ${ends.longest} tokens, prompt and answer, but "${entryName}" has a context of ` +
    `${context}; ask for less, or give the entry a longer context`;
  return [{ path: ["workloads", name], message }];
}

async function templateProblems(
  writer: PromptWriter,
  name: string,
  workload: LengthWorkload,
  config: Config,
): Promise<Problem[]> {
  const ends = requestEnds(workload, config.benchmark);
  const api = apiOf(workload);
  const shortest = await writer.shortest(api);
  if (ends === null || ends.shortest_input >= shortest) return [];
  const instead = api === "chat" ? ", or use `api: completions`" : "";
  const message = `asks for prompts of ${ends.shortest_input} tokens, but the model's ` +
    `${api === "chat" ? "chat template" : "special tokens"} and one word take ${shortest}; ` +
    `ask for more${instead}`;
  return [{ path: ["workloads", name], message }];
}

/** The command line. Each command's steps are in `commands/`; each task of deno.json calls one. */
import { Command, CommanderError, Option } from "commander";
import { ConfigError } from "@/config/yaml_source.ts";
import { UsageError } from "@/commands/usage_error.ts";

type Run = Promise<number> | number;

/** Runs a command line and gives its exit code: 2 for wrong usage or config, 1 for a failure. */
export async function main(argv: string[]): Promise<number> {
  let code: Run = 0;
  const program = commandLine((result) => code = result, argv);
  try {
    await program.parseAsync(argv, { from: "user" });
    return await code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    return error instanceof ConfigError || error instanceof UsageError ? 2 : 1;
  }
}

function commandLine(exit: (code: Run) => void, argv: string[]): Command {
  const program = new Command("deno task").exitOverride().showHelpAfterError();
  program.command("bench")
    .description(
      "launch engines, send load, write a run folder; its path is the last line on stdout",
    )
    .option("--config <file>", "the study", "configs/engines.yaml")
    .option("--engine <name>", "only this entry, or all entries of this kind; `all` for every one")
    .option("--prompts <file>", "prompts by category", "configs/prompts.json")
    .option("--output <dir>", "the run folder to make (default: data/<config>-<UTC>)")
    .option("--list-engines", "say which kinds of engine can run here, and stop")
    .option("--dry-run", "print the plan, start nothing")
    .option("--price <per-hour>", "what an hour of this machine costs (hardware.price_per_hour)")
    .option("--no-calibrate", "leave out the check of the client against a known truth (20 s)")
    .action(async ({ listEngines, ...options }) => {
      const { bench } = await import("@/commands/bench.ts");
      const { printEngines } = await import("@/commands/list_engines.ts");
      exit(await (listEngines ? printEngines({}) : bench(options, argv)));
    });
  program.command("search")
    .description("look for the largest Poisson load at which one entry keeps benchmark.search.slo")
    .requiredOption("--entry <name>", "the entry of the config")
    .option("--config <file>", "the study", "configs/engines.yaml")
    .option("--prompts <file>", "prompts by category", "configs/prompts.json")
    .option("--output <dir>", "the run folder to make (default: data/<config>-<UTC>)")
    .option("--no-calibrate", "leave out the check of the client against a known truth (20 s)")
    .action(async (options) => {
      const { search } = await import("@/commands/search.ts");
      exit(await search(options, argv));
    });
  program.command("demo")
    .description(
      "the main job on this machine: a real small engine and three simulated ones, with a report",
    )
    .action(async () => exit(await (await import("@/commands/demo.ts")).demo(argv)));
  program.command("report")
    .description("make reports/<run>/index.html from one or several run folders")
    .argument("<run...>", "run folders, as printed by bench")
    .option("--output <dir>", "where to write it, below reports/ (default: reports/<run>)")
    .action(async (dirs, options) =>
      exit((await import("@/commands/report.ts")).report(dirs, options))
    );
  program.command("import")
    .description("result files of other tools into a run folder, marked as measured by them")
    .argument("<file...>", "result files, each as FILE or ENTRY=FILE; a level once more is a block")
    .requiredOption("--output <dir>", "the run folder to make")
    .option("--engine <name>", "entry of the files without one (default: what the file names)")
    .addOption(new Option("--tool <name>", "whose files they are (default: seen from the content)"))
    .option("--concurrency <n>", "users at once, for files that do not say")
    .action(async (files, options) =>
      exit(await (await import("@/commands/import_results.ts")).importResults(files, options, argv))
    );
  program.command("compare")
    .description("the verdicts of run folders: who is better, by how much, how sure")
    .argument("<run...>", "run folders, as printed by bench")
    .option("--json", "every comparison, as a JSON array")
    .option("--csv", "every comparison, as CSV")
    .option("--baseline <name>", "only pairs with this entry, seen from the other one")
    .option(
      "--fail-if-worse <percent>",
      "exit code 3 when an interval says worse by more than this",
    )
    .action(async (dirs, options) =>
      exit((await import("@/commands/compare.ts")).compare(dirs, options))
    );
  program.command("summary")
    .description("one row for each trial of a run folder")
    .argument("[run]", "a run folder, as printed by bench")
    .option("--json", "as a JSON array")
    .option("--csv", "as CSV")
    .option("--parquet", "as the bytes of a Parquet file")
    .option("--columns", "the table of columns with their units, and stop")
    .action(async (dir, options) =>
      exit((await import("@/commands/summary.ts")).summary(dir, options))
    );
  program.command("bench:verdicts")
    .description("how often the verdicts are right, over simulated studies whose truth is known")
    .option("--studies <n>", "simulated studies for each row", "4000")
    .option("--blocks <k>", "blocks of each study", "6")
    .option("--margin <percent>", "differences below this do not matter", "5")
    .option("--seed <n>", "another sample of studies", "1")
    .action(async (options) =>
      exit((await import("@/commands/verdicts.ts")).printVerdicts(options))
    );
  program.command("calibrate")
    .description("how much load this machine's client measures right, against a known truth")
    .option("--most <streams>", "go no further than this many streams", "1600")
    .option("--server-core <list>", "cores for the known-truth server (default: any)")
    .action(async (options) =>
      exit(await (await import("@/commands/calibrate.ts")).calibrate(options))
    );
  program.command("list-engines")
    .description("each kind of engine: available here or not, why, and what to do")
    .option("--json", "as a JSON array")
    .action(async (options) =>
      exit(await (await import("@/commands/list_engines.ts")).printEngines(options))
    );
  program.command("doctor")
    .description(
      "what is here for a study, what is missing, and what to do; exit code 1 if in the way",
    )
    .option("--config <file>", "the study", "configs/engines.yaml")
    .option("--json", "as a JSON array")
    .action(async (options) => exit(await (await import("@/commands/doctor.ts")).doctor(options)));
  program.command("setup")
    .description(
      "install engines and models into the engine cache; by itself llama.cpp and a model",
    )
    .addOption(
      new Option("--engine <name>", "what to install; for GPUs nothing has been run yet")
        .choices(["llama-cpp", "vllm", "sglang", "tensorrt-llm"]),
    )
    .addOption(
      new Option("--device <name>", "which build of vllm (default: cpu)").choices(["cpu", "cuda"]),
    )
    .option("--model <id[@revision]>", "download a model from the hub, at one commit")
    .option("--config <file>", "install exactly what the entries of this study need")
    .option(
      "--all",
      "install every kind of engine that this machine can run, on a GPU with the default study's model",
    )
    .option("--dry-run", "say what would be installed, do nothing")
    .option("--list", "what the engine cache holds, with sizes, and stop")
    .option("--remove <name>", "delete one thing that --list names, and stop")
    .action(async (options) => exit(await (await import("@/commands/setup.ts")).setup(options)));
  return program;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/**
 * How long reading, summarising, comparing and charting take, and in how much memory, as runs grow:
 * `deno task bench:analysis [REQUESTS…] [--tokens=128]`. The runs are invented; nothing here was
 * measured on an engine. Generating them is not counted.
 */
import process from "node:process";
import { readRunFolder } from "@/records/run_folder.ts";
import { reportContent } from "./report_content.ts";
import { reportInput } from "./report_input.ts";
import { figuresOf } from "./report_blocks.ts";
import { writeSyntheticRun } from "./synthetic_run.ts";

const SIZES = [10_000, 100_000, 1_000_000];
const CHILD = "--analyse=";

/** What one analysis took; CPU time is of all threads and leaves what other programs took out. */
interface Cost {
  requests: number;
  trials: number;
  comparisons: number;
  figures: number;
  wall_s: number;
  cpu_s: number;
  rss_mib: number;
}

if (import.meta.main) {
  const child = Deno.args.find((arg) => arg.startsWith(CHILD));
  if (child !== undefined) console.log(JSON.stringify(analyse(child.slice(CHILD.length))));
  else await compareSizes(Deno.args);
}

async function compareSizes(args: string[]): Promise<void> {
  const tokens = Number(args.find((arg) => arg.startsWith("--tokens="))?.slice(9) ?? 128);
  const given = args.filter((arg) => !arg.startsWith("--")).map(Number);
  console.log("Invented runs of requests with %d token times each", tokens);
  for (const requests of given.length > 0 ? given : SIZES) {
    const folder = Deno.makeTempDirSync({ prefix: "analysis-bench-" });
    try {
      await writeSyntheticRun(`${folder}/run`, { requests, tokens });
      console.log(JSON.stringify(costOf(`${folder}/run`)));
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  }
}

/** Of the analysis of the run in `dir`, in a process of its own. */
export function costOf(dir: string): Cost {
  const args = ["run", "--no-check", "-A", import.meta.filename!, `${CHILD}${dir}`];
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), { args }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** All that a report is made of, up to its figures. */
function analyse(dir: string): Cost {
  const started = performance.now();
  const run = readRunFolder(dir);
  const input = reportInput([run]);
  const figures = figuresOf(reportContent(input));
  const wall_s = (performance.now() - started) / 1000;
  return {
    requests: input.summary.reduce((sum, row) => sum + row.requests, 0),
    trials: input.summary.length,
    comparisons: input.comparisons.length,
    figures: figures.length,
    wall_s: Math.round(wall_s * 100) / 100,
    cpu_s: Math.round(cpuSeconds() * 100) / 100,
    rss_mib: peakMib(),
  };
}

/** Of this process since it began, all threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The largest resident size of this process so far. */
function peakMib(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Math.round(Number(status.match(/VmHWM:\s+(\d+)/)![1]) / 1024);
}

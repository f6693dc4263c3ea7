/** genai-bench, of the SGLang project. */
import { installedPeer, PROMPT_TOKENS } from "./peer.ts";

const VERSION = "0.0.5";
/** Minutes, long enough that the number of requests ends the run. */
const LONGEST_MIN = 9;

export const genaiBench = installedPeer({
  name: "genai-bench",
  version: VERSION,
  install: {
    requirements: [`genai-bench==${VERSION}`],
    pythons: [11, 12, 13],
    starts: ["genai-bench", "benchmark", "--help"],
    download_mb: 230,
    disk_mb: 850,
  },
  result: /_concurrency_\d+_.*\.json$/,
  command: (program, { scenario, url, folder, tokenizer }) => [
    ...[program("genai-bench"), "benchmark", "--api-backend", "vllm", "--api-base", url],
    ...["--api-key", "none", "--api-model-name", "m", "--model", "m", "--task", "text-to-text"],
    ...["--model-tokenizer", tokenizer],
    ...["--traffic-scenario", `D(${PROMPT_TOKENS},${scenario.max_tokens})`],
    ...["--num-concurrency", String(scenario.users)],
    ...["--max-requests-per-run", String(scenario.requests)],
    ...["--max-time-per-run", String(LONGEST_MIN), "--metrics-time-unit", "ms"],
    ...["--experiment-base-dir", folder, "--experiment-folder-name", "results"],
    ...["--log-dir", folder],
  ],
});

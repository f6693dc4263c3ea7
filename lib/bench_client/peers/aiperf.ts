/** NVIDIA's AIPerf. */
import { installedPeer, PROMPT_TOKENS } from "./peer.ts";
import { TOKENIZER_ID } from "./tokenizer.ts";

const VERSION = "0.13.0";

export const aiperf = installedPeer({
  name: "aiperf",
  version: VERSION,
  install: {
    requirements: [`aiperf==${VERSION}`],
    pythons: [11, 12, 13],
    starts: ["aiperf", "profile", "--help"],
    download_mb: 250,
    disk_mb: 900,
  },
  result: /^profile_export_aiperf\.json$/,
  command: (program, { scenario, url, folder }) => [
    // It takes no folder, only a name that is in the hub's cache.
    ...[program("aiperf"), "profile", "--model", "m", "--tokenizer", TOKENIZER_ID, "--url", url],
    ...["--endpoint-type", "chat", "--streaming", "--extra-inputs", "ignore_eos:true"],
    ...["--concurrency", String(scenario.users), "--request-count", String(scenario.requests)],
    ...["--prompt-input-tokens-mean", String(PROMPT_TOKENS)],
    ...["--prompt-output-tokens-mean", String(scenario.max_tokens)],
    ...["--ui-type", "none", "--no-gpu-telemetry", "--no-server-metrics"],
    ...["--output-artifact-dir", folder],
  ],
});

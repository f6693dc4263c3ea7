/** inference-perf, of the Kubernetes project, which is told everything in a file. */
import { join } from "node:path";
import { stringify } from "yaml";
import { installedPeer, type PeerAssignment, PROMPT_TOKENS } from "./peer.ts";

const VERSION = "0.7.0";
const CONFIG = "asked.yaml";

export const inferencePerf = installedPeer({
  name: "inference-perf",
  version: VERSION,
  install: {
    requirements: [`inference-perf==${VERSION}`],
    pythons: [12, null],
    starts: ["inference-perf", "--help"],
    download_mb: 180,
    disk_mb: 650,
  },
  result: /^stage_0_lifecycle_metrics\.json$/,
  files: (assignment) => ({ [CONFIG]: stringify(config(assignment)) }),
  command: (program, { folder }) => [
    program("inference-perf"),
    "--config_file",
    join(folder, CONFIG),
  ],
});

function config({ scenario, url, folder, tokenizer }: PeerAssignment) {
  return {
    // Of its sources of prompts for chats none takes a length, in this version, without the net.
    api: { type: "completion", streaming: true },
    data: {
      type: "shared_prefix",
      shared_prefix: {
        num_unique_system_prompts: 1,
        num_users_per_system_prompt: scenario.requests,
        system_prompt_len: 10,
        question_len: PROMPT_TOKENS - 10,
        output_len: scenario.max_tokens,
      },
    },
    load: {
      type: "concurrent",
      stages: [{ num_requests: scenario.requests, concurrency_level: scenario.users }],
    },
    server: { type: "vllm", model_name: "m", base_url: url, ignore_eos: true },
    tokenizer: { pretrained_model_name_or_path: tokenizer },
    report: { request_lifecycle: { summary: true, per_stage: true, per_request: true } },
    storage: { local_storage: { path: folder } },
  };
}

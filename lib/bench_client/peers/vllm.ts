/** `vllm bench serve`, of the vLLM for the CPU that `setup` installs. */
import { environmentProgram, installedProgram, pythonEngine } from "@/engines/python_engines.ts";
import { type Peer, PROMPT_TOKENS } from "./peer.ts";

const engine = pythonEngine({ kind: "vllm", device: "cpu" });

export const vllm: Peer = {
  name: "vllm",
  version: engine.version,
  program: (name) => installedProgram(engine) === null ? null : environmentProgram(engine, name),
  howToInstall: "deno task setup --engine vllm --device cpu",
  result: /^vllm\.json$/,
  command: (program, { scenario, url, folder, tokenizer }) => [
    ...[program("vllm"), "bench", "serve", "--backend", "openai-chat", "--base-url", url],
    ...["--endpoint", "/v1/chat/completions", "--model", "m", "--tokenizer", tokenizer],
    ...["--dataset-name", "random", "--random-input-len", String(PROMPT_TOKENS)],
    ...["--random-output-len", String(scenario.max_tokens), "--ignore-eos"],
    ...["--num-prompts", String(scenario.requests)],
    ...["--max-concurrency", String(scenario.users), "--disable-tqdm"],
    // Else it sends one request first, which is not in its file.
    ...["--ready-check-timeout-sec", "0"],
    ...["--save-result", "--save-detailed", "--result-dir", folder],
    ...["--result-filename", "vllm.json"],
  ],
};

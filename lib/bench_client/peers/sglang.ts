/** SGLang's client, without the server's kernels, which need CUDA. */
import { join } from "node:path";
import { installedPeer, PROMPT_TOKENS } from "./peer.ts";

const VERSION = "0.5.23";

/** What its client imports of what the server requires; the rest are kernels for CUDA. */
const NEEDED = [
  ...["aiohttp", "anthropic", "apache-tvm-ffi==0.1.11", "compressed-tensors==0.18.0", "datasets"],
  ...["einops", "fastapi", "gguf", "interegular", "IPython", "llguidance<2.0.0,>=1.7.6"],
  ...["mistral_common", "msgspec", "numpy", "openai==2.8.0", "openai-harmony==0.0.4", "orjson"],
  ...["packaging", "partial_json_parser", "pillow", "prometheus-client", "psutil", "pybase64"],
  ...["pydantic", "python-multipart", "pyzmq", "requests", "scipy", "sentencepiece==0.2.1"],
  ...["setproctitle", "tiktoken", "tokenizers==0.23.2", "torch==2.14.1", "torchvision", "tqdm"],
  ...["transformers==5.19.0", "uvicorn", "uvloop", "xxhash", "zstandard"],
];

export const sglang = installedPeer({
  name: "sglang",
  version: VERSION,
  install: {
    alone: [`sglang==${VERSION}`],
    requirements: NEEDED,
    pythons: [12, null],
    starts: ["python", "-m", "sglang.benchmark.serving", "--help"],
    download_mb: 2900,
    disk_mb: 7000,
  },
  result: /^sglang\.jsonl$/,
  command: (program, { scenario, url, folder, tokenizer }) => [
    ...[program("python"), "-m", "sglang.benchmark.serving", "--backend", "vllm-chat"],
    ...["--base-url", url, "--model", tokenizer, "--tokenizer", tokenizer],
    ...["--dataset-name", "random-ids", "--random-input-len", String(PROMPT_TOKENS)],
    ...["--random-output-len", String(scenario.max_tokens), "--random-range-ratio", "1"],
    ...["--num-prompts", String(scenario.requests)],
    ...["--max-concurrency", String(scenario.users), "--disable-tqdm"],
    // Else it sends one request first, which is not in its file.
    ...["--warmup-requests", "0", "--ready-check-timeout-sec", "0"],
    ...["--output-details", "--output-file", join(folder, "sglang.jsonl")],
  ],
});

/** GuideLLM. */
import { join } from "node:path";
import { installedPeer, PROMPT_TOKENS } from "./peer.ts";

const VERSION = "0.8.1";

export const guidellm = installedPeer({
  name: "guidellm",
  version: VERSION,
  install: {
    requirements: [`guidellm==${VERSION}`],
    pythons: [11, 12, 13],
    starts: ["guidellm", "run", "--help"],
    download_mb: 2700,
    disk_mb: 6000,
  },
  result: /^benchmarks\.json$/,
  command: (program, { scenario, url, folder, tokenizer }) => {
    const backend = `kind=openai_http,target=${url},model=m,request_format=/v1/chat/completions`;
    const lengths = `prompt_tokens=${PROMPT_TOKENS},output_tokens=${scenario.max_tokens}`;
    return [
      ...[program("guidellm"), "run", "--backend", backend],
      ...["--profile", `kind=concurrent,streams=${scenario.users}`],
      ...["--constraint", `kind=max_requests,count=${scenario.requests}`],
      ...["--tokenizer", `kind=huggingface_auto,model=${tokenizer}`],
      ...["--data", `kind=synthetic_text,${lengths}`],
      ...["--output", `kind=json,path=${join(folder, "benchmarks.json")}`, "--disable-console"],
    ];
  },
});

/** The clients of other projects that the bench can run, in the order of its table. */
import { aiperf } from "./peers/aiperf.ts";
import { genaiBench } from "./peers/genai_bench.ts";
import { guidellm } from "./peers/guidellm.ts";
import { inferencePerf } from "./peers/inference_perf.ts";
import type { Peer } from "./peers/peer.ts";
import { sglang } from "./peers/sglang.ts";
import { vllm } from "./peers/vllm.ts";

export const PEERS: readonly Peer[] = [vllm, sglang, aiperf, guidellm, inferencePerf, genaiBench];

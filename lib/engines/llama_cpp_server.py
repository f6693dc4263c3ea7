"""Serves a GGUF file over the OpenAI API with llama.cpp, through the xllamacpp wheel."""
import argparse
import threading

import xllamacpp

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--model", required=True)
parser.add_argument("--alias", required=True)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--slots", type=int, required=True)
parser.add_argument("--context-tokens", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--batched-tokens", type=int)
parser.add_argument("--kv-dtype", choices=["bf16", "f16"], default="f16")
parser.add_argument("--seed", type=int)
parser.add_argument("--chat-template")
args = parser.parse_args()

params = xllamacpp.CommonParams()
params.model.path = args.model
params.model_alias = {args.alias}
params.hostnames = ["127.0.0.1"]
params.port = args.port
params.n_parallel = args.slots
params.n_ctx = args.context_tokens * args.slots
params.cpuparams.n_threads = args.threads
params.cpuparams_batch.n_threads = args.threads
params.cache_prompt = False
params.cache_type_k = params.cache_type_v = {
    "bf16": xllamacpp.ggml_type.GGML_TYPE_BF16,
    "f16": xllamacpp.ggml_type.GGML_TYPE_F16,
}[args.kv_dtype]
if args.batched_tokens is not None:
    params.n_batch = args.batched_tokens
    params.n_ubatch = min(params.n_ubatch, args.batched_tokens)
if args.seed is not None:
    params.sampling.seed = args.seed
params.endpoint_metrics = True
if args.chat_template is not None:
    params.chat_template = args.chat_template

server = xllamacpp.Server(params)
print(f"xllamacpp {xllamacpp.__version__} on {server.listening_address}", flush=True)
threading.Event().wait()

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
params.endpoint_metrics = True

server = xllamacpp.Server(params)
print(f"xllamacpp {xllamacpp.__version__} on {server.listening_address}", flush=True)
threading.Event().wait()

#!/bin/sh
# A stand-in for `trtllm-serve`; see stand_in.ts.
here=$(dirname "$(readlink -f "$0")")
exec deno run --quiet --no-lock --allow-net=127.0.0.1 --allow-read --allow-env "$here/stand_in.ts" trtllm-serve "$@"

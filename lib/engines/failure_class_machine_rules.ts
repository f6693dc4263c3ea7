/** Failures for want of something on the machine, then those that name only who died. */
import type { EngineKind } from "@/config/schema.ts";
import type { Rule } from "./failure_class_rules.ts";

const GPU: readonly EngineKind[] = ["vllm", "sglang", "tensorrt-llm"];
const OUT_OF_GPU_MEMORY = /OutOfMemoryError|CUDA out of memory|CUDA error: out of memory/;
const FIRST_ERROR =
  "look for the first error further up in its log; if there is none, the kernel " +
  "may have killed it for want of memory (`dmesg` tells)";

/** Memory, GPU, disk. */
export const WANTING: readonly Rule[] = [
  {
    kinds: ["sglang"],
    failure: "capture_failed",
    line: /Capture cuda graph failed: /,
    what_to_do: "lower --mem-fraction-static or --cuda-graph-max-bs-decode in `extra_args`",
  },
  {
    kinds: ["vllm"],
    failure: "capture_failed",
    line: OUT_OF_GPU_MEMORY,
    whole: /GPU KV cache size: (?![^]*Application startup complete)[^]*out of memory/i,
    what_to_do: "lower --gpu-memory-utilization or --max-num-seqs in `extra_args`",
  },
  {
    kinds: ["vllm"],
    failure: "gpu_busy",
    line:
      /Free memory on device .*is less than (desired GPU memory utilization|the engine's budget)/,
    what_to_do: "end the process that holds it (`nvidia-smi` lists them) or lower " +
      "--gpu-memory-utilization in `extra_args`",
  },
  {
    kinds: ["vllm"],
    failure: "kv_too_small",
    line:
      /No available memory for the cache blocks|To serve at least one request with the model's max seq len/,
    what_to_do: "lower --max-model-len or raise --gpu-memory-utilization in `extra_args`",
  },
  {
    kinds: ["sglang"],
    failure: "kv_too_small",
    line: /Not enough memory\. Please try to increase --mem-fraction-static/,
    what_to_do: "raise --mem-fraction-static in `extra_args` or serve a smaller checkpoint",
  },
  {
    kinds: ["vllm"],
    failure: "out_of_memory",
    line: /Failed to load model - not enough GPU memory/,
    what_to_do: "serve a smaller or quantised checkpoint, or spread it with --tensor-parallel-size",
  },
  {
    kinds: ["vllm"],
    failure: "out_of_memory",
    line: OUT_OF_GPU_MEMORY,
    what_to_do: "lower --gpu-memory-utilization or --max-num-seqs, or serve a smaller checkpoint",
  },
  {
    // On the CPU the KV cache is taken from the machine's own memory.
    kinds: ["vllm"],
    failure: "out_of_memory",
    line: /DefaultCPUAllocator: can't allocate memory|less than requested memory for kv /,
    what_to_do: "lower --kv-cache-memory-bytes in `extra_args`, serve a smaller model or free " +
      "some memory",
  },
  {
    kinds: ["sglang"],
    failure: "out_of_memory",
    line: OUT_OF_GPU_MEMORY,
    what_to_do: "lower --mem-fraction-static or --max-running-requests, or serve a smaller " +
      "checkpoint",
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "out_of_memory",
    line: OUT_OF_GPU_MEMORY,
    what_to_do: "lower --kv_cache_free_gpu_memory_fraction or --max_batch_size, or serve a " +
      "smaller checkpoint",
  },
  {
    kinds: ["llama-cpp"],
    failure: "out_of_memory",
    line: /insufficient memory|failed to allocate .*buffer|std::bad_alloc/,
    what_to_do: "lower `context_tokens` or `slots`, or serve a smaller model",
  },
  {
    kinds: GPU,
    failure: "no_gpu",
    line: /NVIDIA driver on your system is too old|CUDA driver version is insufficient|Error 803: /,
    what_to_do:
      "its build wants a newer driver (`deno task doctor` tells which): a rented pod has " +
      "its host's, so choose another host, or set an older `version` of the entry",
  },
  {
    kinds: ["vllm"],
    failure: "no_gpu",
    line: /Failed to infer device type/,
    what_to_do: "check `nvidia-smi`, CUDA_VISIBLE_DEVICES and, in Docker, --gpus all",
  },
  {
    kinds: ["sglang"],
    failure: "no_gpu",
    line: /No accelerator \(CUDA|ImportError: libcuda\.so/,
    what_to_do: "check `nvidia-smi`, CUDA_VISIBLE_DEVICES and, in Docker, --gpus all",
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "no_gpu",
    line: /No GPU devices found on the node/,
    what_to_do: "check `nvidia-smi`, CUDA_VISIBLE_DEVICES and, in Docker, --gpus all",
  },
  {
    kinds: GPU,
    failure: "disk_full",
    line: /\[Errno 28\] No space left on device/,
    what_to_do: "make room, or move the models' cache with HF_HOME",
  },
  {
    kinds: GPU,
    failure: "gpu_communication",
    line: /NCCL error|^Bus error/,
    what_to_do: "in Docker, start it with --ipc=host or a larger --shm-size",
  },
  {
    kinds: ["vllm"],
    failure: "start_timeout",
    line: /configured by VLLM_ENGINE_READY_TIMEOUT_S/,
    what_to_do: "raise benchmark.start_timeout_s, or VLLM_ENGINE_READY_TIMEOUT_S where you set it",
  },
  {
    kinds: GPU,
    failure: "access_denied",
    line: /\b40[13] Client Error/,
    what_to_do: "set HF_TOKEN to a token that may read the model",
  },
  {
    kinds: GPU,
    failure: "no_compiler",
    line: /Failed to find C compiler|No working C\+\+ compiler found|fatal error: Python\.h: /,
    what_to_do: "apt-get install build-essential python3-dev (python3.N-dev for another Python)",
  },
  {
    kinds: GPU,
    failure: "no_compiler",
    line:
      /Could not find nvcc|CUDA_HOME environment variable is not set|\bnvcc: not found|No such file or directory: '(\S*\/)?(nvcc|ninja)'/,
    what_to_do: "install the CUDA toolkit of its version (nvcc) and set CUDA_HOME, or start the " +
      "machine from an image that has it (…-devel); vLLM's sampler does without by " +
      'env: { VLLM_USE_FLASHINFER_SAMPLER: "0" } of the entry',
  },
  {
    kinds: GPU,
    failure: "import_error",
    line: /\blib[\w.+-]+\.so[\w.]*: cannot open shared object file/,
    what_to_do: "install the system's library that it names: apt-get install libopenmpi-dev " +
      "(libmpi), libnuma1 (libnuma); CUDA's own come with its toolkit",
  },
  {
    kinds: [...GPU, "llama-cpp"],
    failure: "import_error",
    line: /^(\([^)]*\) ERROR [^\]]*\] *)?([\w.]+\.)?(ModuleNotFound|Import|PackageNotFound)Error: /,
    what_to_do: "install it anew, each engine in a Python environment of its own",
  },
];

/** Who died, when nothing above tells why. */
export const DIED: readonly Rule[] = [
  {
    kinds: ["sglang"],
    failure: "warmup_failed",
    line: /Initialization failed\. warmup error:/,
    what_to_do:
      "look for the error just below that line in its log; as a rule a kernel does not run",
  },
  {
    kinds: ["vllm"],
    failure: "engine_core_died",
    line:
      /Engine core initialization failed|EngineDeadError: |engine core exited unexpectedly|Worker proc \S+ died/,
    what_to_do: FIRST_ERROR,
  },
  {
    kinds: ["sglang"],
    failure: "child_died",
    line: /crashed with exit code -9\b/,
    what_to_do: "see with `dmesg` whether the kernel killed it for want of memory",
  },
  {
    kinds: ["sglang"],
    failure: "child_died",
    line: /Scheduler hit an exception|It usually means (the|one) child failed/,
    what_to_do: FIRST_ERROR,
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "child_died",
    line: /Executor worker returned error/,
    what_to_do: FIRST_ERROR,
  },
  {
    // Not SGLang: it ends itself with signal 9, whatever went wrong.
    kinds: ["vllm", "tensorrt-llm", "llama-cpp", "simulated"],
    failure: "killed",
    exit: /^exit 137$/,
    what_to_do:
      "as a rule the kernel does so for want of memory (`dmesg` tells); serve a smaller " +
      "model or free some memory",
  },
  {
    kinds: [...GPU, "llama-cpp", "simulated"],
    failure: "crashed",
    exit: /^exit 13[24569]$/,
    what_to_do: "try another version of the engine; 132 means that it was built for another CPU",
  },
];

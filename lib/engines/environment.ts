/** The part of a server's environment that decides how it runs, as it is recorded. */
import { isSecretName } from "@/config/secret_names.ts";
import type { RecordedEnvironment } from "@/records/startup_record.ts";
import { MASK, masked, secretValues } from "./secrets.ts";

/** What engines, CUDA, the model hub and the numeric libraries read, by how it begins. */
const READ_BY_ENGINES = [
  ...[
    "VLLM_",
    "SGLANG_",
    "SGL_",
    "TRTLLM_",
    "TLLM_",
    "TENSORRT_",
    "LLAMA_",
    "GGML_",
    "FLASHINFER_",
  ],
  ...["CUDA_", "CUBLAS_", "CUDNN_", "NVIDIA_", "NCCL_", "NVSHMEM_", "UCX_", "OMPI_"],
  ...["HF_", "HUGGINGFACE_", "HUGGING_FACE_", "TRANSFORMERS_", "TOKENIZERS_", "SAFETENSORS_"],
  ...["TORCH", "PYTORCH_", "TRITON_", "OMP_", "MKL_", "KMP_", "OPENBLAS_", "GOMP_", "RAY_"],
  ...["LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHON", "MALLOC_", "XDG_CACHE_HOME"],
];

/**
 * The variables that the project added for a server and the inherited ones that engines read, both
 * without secrets. `more` names further variables that hold one.
 */
export function recordedEnvironment(
  added: Record<string, string>,
  more: readonly string[] = [],
  inherited: Record<string, string> = Deno.env.toObject(),
): RecordedEnvironment {
  const secrets = secretValues({ ...inherited, ...added }, more);
  const without = (variables: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(variables).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => {
        const secret = isSecretName(name) || more.includes(name);
        return [name, secret && value !== "" ? MASK : masked(value, secrets)];
      }),
    );
  const read = Object.entries(inherited).filter(([name]) =>
    !(name in added) && READ_BY_ENGINES.some((beginning) => name.startsWith(beginning))
  );
  return { added: without(added), inherited: without(Object.fromEntries(read)) };
}

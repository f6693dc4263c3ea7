/** What engines print or how they end when they fail, the most specific first. */
import type { EngineKind } from "@/config/schema.ts";
import type { FailureClass } from "@/records/trial_record.ts";
import { DIED, WANTING } from "./failure_class_machine_rules.ts";

export interface Rule {
  kinds: readonly EngineKind[];
  failure: FailureClass;
  /** Some line of the log matches; a rule without `line` goes by `exit` alone. */
  line?: RegExp;
  /** The server ended by itself, in this way. */
  exit?: RegExp;
  /** The log as a whole matches, too. */
  whole?: RegExp;
  what_to_do: string;
}

const GPU: readonly EngineKind[] = ["vllm", "sglang", "tensorrt-llm"];
const LAUNCHED: readonly EngineKind[] = [...GPU, "llama-cpp", "simulated"];
const ANOTHER_PORT = "stop what holds it or set another `port` for this entry";

/** What is wrong with what the server was asked to serve, and with where. */
const ASKED_FOR: readonly Rule[] = [
  {
    kinds: LAUNCHED,
    failure: "port_in_use",
    line: /^port \d+ on \S+ is in use/,
    what_to_do: ANOTHER_PORT,
  },
  {
    kinds: GPU,
    failure: "port_in_use",
    line: /\[Errno 98\] .*address already in use/i,
    what_to_do: ANOTHER_PORT,
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "port_in_use",
    line: /Failed to bind socket to /,
    what_to_do: ANOTHER_PORT,
  },
  {
    kinds: ["llama-cpp"],
    failure: "port_in_use",
    line: /couldn't bind HTTP server socket/,
    what_to_do: ANOTHER_PORT,
  },
  {
    kinds: LAUNCHED,
    failure: "program_not_found",
    exit: /^exit 12[67]$/,
    line: /: not found$|: Permission denied$|failed to execute /,
    what_to_do: "install it or give its path as `executable`; `deno task list-engines` tells more",
  },
  {
    kinds: LAUNCHED,
    failure: "bad_flag",
    line:
      /error: (unrecognized arguments|ambiguous option|argument \S+: |the following arguments are required)/,
    what_to_do: "correct `extra_args`; the program's --help lists what this version takes",
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "bad_flag",
    line:
      /^Error: (No such option|Invalid value for|Option '\S+' (requires|does not take)|Got unexpected extra arg)|Extra inputs are not permitted/,
    what_to_do: "correct `extra_args` or the YAML file that they name; `trtllm-serve serve --help`",
  },
  {
    kinds: GPU,
    failure: "access_denied",
    line: /GatedRepoError|access a gated repo|Access to model \S+ is restricted/,
    what_to_do:
      "accept the licence on the model's page and set HF_TOKEN to a token that may read " +
      "gated repositories",
  },
  {
    kinds: GPU,
    failure: "model_not_found",
    line:
      /RepositoryNotFoundError|Repository Not Found for url|is not a local folder and is not a valid model/,
    what_to_do: "correct `model.name`; a private repository also needs HF_TOKEN",
  },
  {
    kinds: GPU,
    failure: "model_not_found",
    line: /HFValidationError: Repo id must/,
    what_to_do: "correct `model.name`: it is no folder that exists, nor owner/name on Hugging Face",
  },
  {
    kinds: GPU,
    failure: "model_not_found",
    line: /We couldn't connect to 'https:\/\/huggingface\.co'|LocalEntryNotFoundError/,
    what_to_do:
      "make Hugging Face reachable (HF_HUB_OFFLINE, proxy) or give a folder as `model.name`",
  },
  {
    kinds: ["llama-cpp"],
    failure: "model_not_found",
    line: /failed to open GGUF file .*No such file/,
    what_to_do: "correct `model.name`: it names no file that exists",
  },
  {
    kinds: ["llama-cpp"],
    failure: "model_damaged",
    line: /invalid magic characters|failed to read magic|model is corrupted or incomplete/,
    what_to_do: "fetch it again; a whole GGUF file begins with the letters GGUF",
  },
  {
    kinds: GPU,
    failure: "model_damaged",
    line: /SafetensorError: Error while deserializing header/,
    what_to_do: "fetch it again; the download was broken off, or it is a Git LFS pointer",
  },
  {
    kinds: GPU,
    failure: "no_tokenizer",
    line: /Can't load tokenizer for/,
    what_to_do: "name one with --tokenizer (SGLang: --tokenizer-path) in `extra_args`",
  },
  {
    kinds: ["vllm", "sglang"],
    failure: "unsupported_quantisation",
    line:
      /Unknown quantization method|quantization method \S+ is not supported|Quantization method specified in the model config/i,
    what_to_do: "serve another checkpoint, or correct --quantization in `extra_args`",
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "unsupported_quantisation",
    line: /TypeError: 'NoneType' object is not subscriptable/,
    whole: /quant_config|quantization_config/,
    what_to_do: "serve another checkpoint, e.g. FP8: compressed-tensors W4A16 is not taken",
  },
  {
    kinds: ["tensorrt-llm"],
    failure: "unsupported_model",
    line: /Unknown architecture for AutoModelForCausalLM/,
    what_to_do: "serve another model or take a newer version of TensorRT-LLM",
  },
  {
    kinds: ["sglang"],
    failure: "unsupported_model",
    line: /is required for Llama4 model but got/,
    what_to_do: "set --attention-backend fa3 in `extra_args`",
  },
  {
    kinds: ["llama-cpp"],
    failure: "unsupported_model",
    line: /unknown model architecture: /,
    what_to_do: "serve another model or take a newer version of llama.cpp",
  },
  {
    kinds: ["vllm"],
    failure: "context_too_long",
    line: /User-specified max_model_len \(\d+\) is greater than the derived/,
    what_to_do: "lower --max-model-len in `extra_args`",
  },
  {
    kinds: ["sglang"],
    failure: "context_too_long",
    line: /ValueError: User-specified context_length .*is greater than the derived/,
    what_to_do: "lower --context-length in `extra_args`",
  },
];

/** The first that is met counts, so what caused a failure stands before what only followed from it. */
export const RULES: readonly Rule[] = [...ASKED_FOR, ...WANTING, ...DIED];

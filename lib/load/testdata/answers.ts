/** What each captured stream says, read off its bytes and counted apart from the code under test. */

export interface Answer {
  /** Kinds of its events in order, repeated ones as `token×3`. */
  kinds: string;
  finish: string | null;
  /** Prompt, completion and cached tokens of the last usage. */
  usage: [number, number, number | null] | null;
  failure: string | null;
  text?: string;
}

export const ANSWERS: Record<string, Answer> = {
  "vllm-0.32.0_chat_usage.raw": { kinds: "role token×32 usage done", finish: "length", usage: [37, 32, null], failure: null },
  "vllm-0.32.0_chat_continuous.raw": { kinds: "role token×8 usage done", finish: "length", usage: [37, 8, null], failure: null, text: "aryderction\u0012 debug af abovehanged" },
  "vllm-0.32.0_chat_interval8.raw": { kinds: "role token×5 usage done", finish: "length", usage: [37, 32, null], failure: null },
  "vllm-0.32.0_chat_stop.raw": { kinds: "role token×2 usage done", finish: "stop", usage: [37, 2, null], failure: null, text: "aryd" },
  "vllm-0.32.0_chat_request_times.raw": { kinds: "role token×4 usage done", finish: "length", usage: [34, 6, null], failure: null, text: "1. Red: The most" },
  "vllm-0.32.0_completions_request_times.raw": { kinds: "token×6 usage done", finish: "length", usage: [5, 6, null], failure: null },
  "vllm-0.32.0_chat_one_token.raw": { kinds: "role token usage done", finish: "length", usage: [37, 1, null], failure: null, text: "ary" },
  "vllm-0.32.0_chat_logprobs.raw": { kinds: "role token×4 usage done", finish: "length", usage: [37, 4, null], failure: null },
  "vllm-0.32.0_chat_two_choices.raw": { kinds: "role×2 token×2 empty token×13 usage done", finish: "length", usage: [37, 16, null], failure: null },
  "vllm-0.32.0_chat_no_usage.raw": { kinds: "role token×8 done", finish: "length", usage: null, failure: "no_usage" },
  "vllm-0.32.0_chat_aborted.raw": { kinds: "role token×2", finish: null, usage: null, failure: "stream_cut" },
  "vllm-0.32.0_chat_leader_killed.raw": { kinds: "role token×13", finish: null, usage: null, failure: "stream_cut" },
  "vllm-0.32.0_chat_core_killed.raw": { kinds: "role token×12 error done", finish: null, usage: null, failure: "in_stream_error" },
  "vllm-0.32.0_chat_worker_killed.raw": { kinds: "role token×8 empty error done", finish: null, usage: null, failure: "in_stream_error" },
  "vllm-0.32.0_completions_usage.raw": { kinds: "token×5 empty token×9 empty token×4 empty token×4 empty token×6 usage done", finish: "length", usage: [3, 32, null], failure: null },
  "vllm-0.32.0_completions_token_ids.raw": { kinds: "token×3 empty token×4 usage done", finish: "length", usage: [4, 8, null], failure: null },
  "sglang-0.5.23_chat_usage.txt": { kinds: "role token×4 finish usage done", finish: "length", usage: [17, 8, 0], failure: null, text: "rQQQ" },
  "sglang-0.5.23_chat_continuous.txt": { kinds: "role token×2 finish usage done", finish: "length", usage: [17, 4, 16], failure: null, text: "rQ" },
  "sglang-0.5.23_chat_no_usage.txt": { kinds: "role token×2 finish done", finish: "length", usage: null, failure: "no_usage", text: "rQ" },
  "sglang-0.5.23_chat_abort.txt": { kinds: "role token×18 finish usage done", finish: "abort", usage: [20, 35, 0], failure: "in_stream_error" },
  "sglang-0.5.23_chat_error.txt": { kinds: "role token×7 error usage done", finish: null, usage: [16, 15, 0], failure: "in_stream_error" },
  "sglang-0.5.23_chat_scheduler_killed.txt": { kinds: "role token×10", finish: null, usage: null, failure: "stream_cut" },
  "sglang-0.5.23_completions_usage.txt": { kinds: "empty×2 token empty token finish usage done", finish: "length", usage: [2, 6, 0], failure: null, text: "\ufffd%%" },
  "sglang-0.5.23_completions_interval4.txt": { kinds: "empty×2 token empty token empty token empty token empty token finish usage done", finish: "length", usage: [2, 12, 1], failure: null, text: "\ufffd%%%%%" },
  "sglang-0.5.23_completions_token_ids.txt": { kinds: "empty token×2 usage done", finish: "length", usage: [3, 4, 2], failure: null, text: "GG" },
  "sglang-0.5.23_completions_error.txt": { kinds: "token empty×14 error usage done", finish: null, usage: [1, 16, 0], failure: "in_stream_error", text: "4" },
  "trtllm-modelled-A_chat_usage.txt": { kinds: "role token empty token×2 usage done", finish: "length", usage: [5, 5, 0], failure: null, text: "Hello wörld!" },
  "trtllm-modelled-A_chat_no_continuous.txt": { kinds: "role token empty token×2 usage done", finish: "length", usage: [5, 5, 0], failure: null, text: "Hello wörld!" },
  "trtllm-modelled-A_chat_no_usage.txt": { kinds: "role token empty token×2 done", finish: "length", usage: null, failure: "no_usage", text: "Hello wörld!" },
  "trtllm-modelled-A_chat_error.txt": { kinds: "role token empty", finish: null, usage: [5, 2, 0], failure: "stream_cut", text: "Hello" },
  "trtllm-modelled-A_completions_usage.txt": { kinds: "token empty token×2 usage done", finish: "length", usage: [5, 5, 0], failure: null, text: "Hello wörld!" },
  "trtllm-modelled-A_completions_no_text.txt": { kinds: "empty×3 finish usage done", finish: "length", usage: [5, 5, 0], failure: "no_token", text: "" },
  "trtllm-modelled-B_chat_usage.txt": { kinds: "role token empty token×2 usage done", finish: "length", usage: [5, 5, 0], failure: null, text: "Hello wörld!" },
  "trtllm-modelled-B_chat_error.txt": { kinds: "role token empty", finish: null, usage: null, failure: "stream_cut", text: "Hello" },
  "trtllm-modelled-B_completions_usage.txt": { kinds: "token empty token×2 usage done", finish: "length", usage: [5, 5, 0], failure: null, text: "Hello wörld!" },
  "llama-cpp-2026-10_chat_usage.txt": { kinds: "role token×16 finish usage done", finish: "length", usage: [34, 16, 0], failure: null },
  "llama-cpp-2026-10_chat_end_of_text.txt": { kinds: "role token×18 finish usage done", finish: "stop", usage: [34, 19, 0], failure: null },
  "llama-cpp-2026-10_chat_no_usage.txt": { kinds: "role token×4 finish done", finish: "length", usage: null, failure: "no_usage", text: "Hello! How can" },
  "llama-cpp-2026-10_chat_utf8.txt": { kinds: "role token×9 finish usage done", finish: "stop", usage: [45, 16, 0], failure: null, text: "Repeat exactly: 日本語 😀 é ü" },
  "llama-cpp-2026-10_completions_usage.txt": { kinds: "token×8 finish done", finish: "length", usage: [5, 8, 0], failure: null, text: " Paris.\n\nThe United States has" },
  "llama-cpp-2026-10_chat_cut.txt": { kinds: "role token×17", finish: null, usage: null, failure: "stream_cut" },
};

import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { flagsSource } from "./flags_source.ts";

const sourceOf = (entry: object) => {
  const { config } = parseConfig(JSON.stringify({ engines: { e: entry } }), "study.json");
  return flagsSource(config.engines["e"]!);
};

Deno.test("flags are called recorded, near or unrecorded by the version of the entry", () => {
  const rc = sourceOf({ kind: "tensorrt-llm", version: "1.3.0rc29" })!;
  assert.equal(rc.known, "none");
  assert.match(rc.text, /^none are recorded of trtllm-serve 1\.3\.0rc29: .* a guess$/);
  const near = sourceOf({ kind: "tensorrt-llm" })!;
  assert.equal(near.known, "near");
  assert.match(near.text, /^a guess for trtllm-serve 1\.2\.1: from source text near/);
  assert.equal(sourceOf({ kind: "vllm" })!.text, "as recorded of vllm 0.33.0");
  assert.match(sourceOf({ kind: "sglang", executable: "/opt/sglang" })!.text, /if it is of that/);
  assert.equal(sourceOf({ kind: "vllm", version: "0.1.0" })!.known, "none");
  assert.equal(sourceOf({ kind: "simulated", wire: "vllm" }), null);
});

Deno.test("a program in a container is not asked for its flags", () => {
  const image = "nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc29";
  assert.equal(sourceOf({ kind: "tensorrt-llm", docker_image: image })!.asked, false);
  assert.equal(sourceOf({ kind: "tensorrt-llm", executable: "trtllm-serve" })!.asked, true);
});

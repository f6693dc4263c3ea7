import assert from "node:assert/strict";
import { ENGINE_KINDS } from "@/engines/kinds.ts";
import { listEngines, renderEngineList } from "./engine_list.ts";

Deno.test("an engine is a block of lines: state and reason, what to do, what it is", () => {
  const engines = [
    {
      kind: "vllm" as const,
      device: "cuda" as const,
      about: "vLLM on an NVIDIA GPU",
      available: false,
      why: "no NVIDIA GPU, no vllm on the PATH",
      what_to_do: "on a GPU machine, install vllm",
    },
    {
      kind: "tensorrt-llm" as const,
      about: "TensorRT-LLM on an NVIDIA GPU",
      available: true,
      why: "trtllm-serve found",
      what_to_do: "",
    },
  ];
  assert.equal(
    renderEngineList(engines),
    [
      "vllm (cuda)   not available here: no NVIDIA GPU, no vllm on the PATH",
      "              to do: on a GPU machine, install vllm",
      "              vLLM on an NVIDIA GPU",
      "tensorrt-llm  available: trtllm-serve found",
      "              TensorRT-LLM on an NVIDIA GPU",
    ].join("\n"),
  );
});

Deno.test("every kind is listed, and one that is not available says what to do", async () => {
  const engines = await listEngines();
  assert.deepEqual([...new Set(engines.map(({ kind }) => kind))], ENGINE_KINDS);
  const devices = engines.filter(({ kind }) => kind === "vllm").map(({ device }) => device);
  assert.deepEqual(devices, ["cuda", "cpu"]);
  for (const { kind, available, why, what_to_do } of engines) {
    assert.notEqual(why, "", kind);
    if (!available) assert.notEqual(what_to_do, "", kind);
  }
  const external = engines.find(({ kind }) => kind === "external")!;
  assert.equal(external.available, true);
});

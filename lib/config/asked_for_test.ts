import assert from "node:assert/strict";
import { translateAskedFor } from "./asked_for.ts";

interface Entries {
  engines: Record<string, Record<string, unknown>>;
}

function translated(entry: Record<string, unknown>, name = "vllm") {
  const { value, notes } = translateAskedFor({ engines: { [name]: entry } });
  return { entry: (value as Entries).engines[name]!, notes };
}

Deno.test("an entry without a kind takes the one of its name, and says so", () => {
  const names = { vllm: "vllm", sglang: "sglang", tensorrt_llm: "tensorrt-llm" };
  for (const [name, kind] of Object.entries(names)) {
    const { entry, notes } = translated({ port: 1 }, name);
    assert.deepEqual(entry, { port: 1, kind });
    assert.deepEqual(notes, [
      { path: ["engines", name], note: `translated: kind is ${kind}, after its name` },
    ]);
  }
});

Deno.test("a kind that is written stands, and an unknown name gets none", () => {
  assert.deepEqual(translated({ kind: "sglang" }), { entry: { kind: "sglang" }, notes: [] });
  for (const name of ["mine", "constructor", "toString"]) {
    assert.deepEqual(translated({ port: 1 }, name), { entry: { port: 1 }, notes: [] });
  }
});

Deno.test("flags that the launcher sets are taken out with their values, in either form", () => {
  const extra_args = [
    "--model-path",
    "m",
    "--dtype",
    "auto",
    "--port=9",
    "--host",
    "0.0.0.0",
    "--x",
  ];
  const { entry, notes } = translated({ kind: "vllm", extra_args });
  assert.deepEqual(entry.extra_args, ["--dtype", "auto", "--x"]);
  assert.deepEqual(notes.map(({ note }) => note), [
    "superseded: --model-path m is set by the launcher (model.name)",
    "superseded: --port 9 is set by the launcher (port)",
    "superseded: --host 0.0.0.0 is set by the launcher (127.0.0.1)",
  ]);
});

Deno.test("other flags stay, whatever they are called", () => {
  const extra_args = ["--tokenizer", "constructor", "--model-loader", "x", "--portable"];
  assert.deepEqual(translated({ kind: "vllm", extra_args }), {
    entry: { kind: "vllm", extra_args },
    notes: [],
  });
});

Deno.test("a Triton image is set aside with the reason, and any other image stands", () => {
  const image = "nvcr.io/nvidia/tritonserver:25.02-trtllm-python-py3";
  const triton = translated({ kind: "tensorrt-llm", docker_image: image });
  assert.deepEqual(triton.entry, { kind: "tensorrt-llm" });
  assert.match(
    triton.notes[0]!.note,
    /^cannot be used: this Triton image has about TensorRT-LLM 0/,
  );
  const entry = { kind: "tensorrt-llm", docker_image: "nvcr.io/nvidia/tensorrt-llm/release:1.2.1" };
  assert.deepEqual(translated(entry), { entry, notes: [] });
});

Deno.test("requests_per_prompt is taken out and replaced by nothing", () => {
  const { value, notes } = translateAskedFor({ benchmark: { requests_per_prompt: 3, blocks: 1 } });
  assert.deepEqual(value, { benchmark: { blocks: 1 } });
  assert.match(notes[0]!.note, /^superseded by requests_per_level/);
});

Deno.test("BF16 weights are noted when they outweigh the card, and only then", () => {
  const notesFor = (total_params: string, gpu: string) =>
    translateAskedFor({ model: { total_params }, hardware: { gpu } }).notes
      .filter(({ path }) => path[0] === "model").map(({ note }) => note);
  assert.deepEqual(notesFor("109B", "NVIDIA H100 80GB HBM3"), [
    "cannot be used on one NVIDIA H100 80GB HBM3: 109e9 parameters × 2 bytes (BF16) are 218 GB of " +
    "weights on a card of 80 GB; name a quantised checkpoint",
  ]);
  assert.equal(notesFor("40.5B", "H100 80 GB").length, 1);
  assert.deepEqual(notesFor("40B", "H100 80 GB"), []);
  assert.deepEqual(notesFor("109B", "some card"), []);
  assert.deepEqual(notesFor("many", "H100 80GB"), []);
});

Deno.test("what is no config is left as it is, and the input is never changed", () => {
  for (const value of [null, 3, "x", [], { engines: 1, benchmark: [], hardware: null }]) {
    assert.deepEqual(translateAskedFor(value), { value, notes: [] });
  }
  const engines = { vllm: { extra_args: ["--port", "1"] } };
  translateAskedFor({ engines });
  assert.deepEqual(engines, { vllm: { extra_args: ["--port", "1"] } });
});

import assert from "node:assert/strict";
import { readOptions } from "./options.ts";

Deno.test("options without flags are those of the config's defaults", () => {
  const { wire, limits, costs, seed, port } = readOptions([]);
  assert.deepEqual({ wire: wire.name, limits, costs, seed, port }, {
    wire: "vllm",
    limits: { maxSequences: 8, kvCapacityTokens: 65536 },
    costs: { prefillMsPerToken: 0.2, decodeMsBase: 5, decodeMsPerSequence: 0.5 },
    seed: 1,
    port: 0,
  });
});

Deno.test("every flag has its effect", () => {
  const flags =
    "--port 8123 --wire sglang --model m --max-sequences 3 --prefill-ms-per-token 1.5 --decode-ms-base 0 " +
    "--decode-ms-per-sequence 2 --kv-capacity-tokens 99 --seed 7 --truth t.ndjson --fault cut:2";
  const { wire, ...others } = readOptions(flags.split(" "));
  assert.equal(wire.name, "sglang");
  assert.deepEqual(others, {
    port: 8123,
    model: "m",
    limits: { maxSequences: 3, kvCapacityTokens: 99 },
    costs: { prefillMsPerToken: 1.5, decodeMsBase: 0, decodeMsPerSequence: 2 },
    seed: 7,
    truth: "t.ndjson",
    fault: { start: null, request: "cut", every: 2 },
  });
});

for (
  const [args, complaint] of [
    [["--max-seqs", "3"], /--max-seqs/],
    [["--seed", "1.5"], /--seed 1\.5: expected a whole number from 0/],
    [["--max-sequences", "0"], /--max-sequences 0: expected a whole number from 1/],
    [["--decode-ms-base", "-1"], /--decode-ms-base/],
    [["--prefill-ms-per-token", "fast"], /--prefill-ms-per-token fast: expected a number/],
    [["--wire", "triton"], /--wire triton: expected one of vllm, sglang, tensorrt-llm/],
  ] as const
) {
  Deno.test(`options refuse ${args.join(" ")} and name the flag`, () => {
    assert.throws(() => readOptions([...args]), complaint);
  });
}

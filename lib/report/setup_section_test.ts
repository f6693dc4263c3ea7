import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { sampleInput } from "./sample_input.ts";
import { setupSection } from "./setup_section.ts";

function textFor(base_url: string | string[]): string {
  const input = sampleInput();
  const external = { kind: "external", base_url, model: "m" };
  const config = configSchema.parse({
    engines: { ext: external },
    benchmark: { concurrency_levels: [1, 2, 8] },
  });
  const plan = { ...input.manifests[0]!.plan, launches: [] };
  return JSON.stringify(setupSection({
    ...input,
    manifests: [{ ...input.manifests[0]!, config, plan }],
  }));
}

Deno.test("replicas are named, with the levels that are too small to reach them all", () => {
  assert.match(
    textFor(["http://a/v1", "http://b/v1", "http://c/v1"]),
    /ext: users in turn on http:\/\/a\/v1, http:\/\/b\/v1 and http:\/\/c\/v1; at 1 and 2 users not all/,
  );
  assert.match(textFor(["http://a/v1", "http://b/v1"]), /at 1 user not all of them are used/);
});

Deno.test("an entry of one server says nothing of replicas", () => {
  assert.doesNotMatch(textFor("http://a/v1"), /[Rr]eplica|in turn/);
  assert.doesNotMatch(textFor(["http://a/v1"]), /[Rr]eplica|in turn/);
});

Deno.test("workloads that give lengths are told in tokens, prompts of the file are not", () => {
  const input = sampleInput();
  const told = (workloads: Record<string, unknown>) => {
    const config = configSchema.parse({ engines: { a: { kind: "llama-cpp" } }, workloads });
    const plan = { ...input.manifests[0]!.plan, launches: [] };
    const manifests = [{ ...input.manifests[0]!, config, plan }];
    return JSON.stringify(setupSection({ ...input, manifests }));
  };
  const rag = { kind: "synthetic", preset: "rag" };
  assert.match(told({ rag }), /rag: 3072 input and 205–256 output tokens/);
  assert.doesNotMatch(told({ short: {} }), /Lengths in tokens/);
});

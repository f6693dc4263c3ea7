import assert from "node:assert/strict";
import { methodSection } from "./method_section.ts";
import { sampleInput } from "./sample_input.ts";

Deno.test("the method names what carried the requests, undici for runs that do not say", () => {
  const input = sampleInput();
  const told = (transport?: Record<string, ("socket" | "undici")[]>) => {
    const manifests = input.manifests.map((manifest) => ({
      ...manifest,
      ...(transport ? { transport } : {}),
    }));
    return JSON.stringify(methodSection({ ...input, manifests }).blocks);
  };
  const imported = input.manifests.map((manifest) => ({ ...manifest, imported: [] }));
  const foreign = methodSection({ ...input, manifests: imported });
  assert.doesNotMatch(JSON.stringify(foreign.blocks), /kept-alive connection a user/);
  assert.match(told(), /kept-alive connection a user, over undici\./);
  assert.match(
    told({ a: ["socket"] }),
    /over the project's own HTTP\/1\.1 reader on a TCP socket\./,
  );
  assert.match(told({ a: ["socket"], b: ["undici", "socket"] }), /TCP socket or undici\./);
});

Deno.test("the method says how many threads sent each load and why, and nothing for runs that do not say", () => {
  const input = sampleInput();
  const told = (workers?: { load: string; count: number; why: string }[]) => {
    const manifests = input.manifests.map((manifest) => ({
      ...manifest,
      ...(workers ? { workers } : {}),
    }));
    return JSON.stringify(methodSection({ ...input, manifests }).blocks);
  };
  const one = { load: "closed 8", count: 1, why: "one is enough" };
  assert.doesNotMatch(told(), /thread/);
  assert.match(
    told([one]),
    /One thread of the client sends every load \(closed 8: one is enough\)/,
  );
  const four = { load: "closed 4000", count: 4, why: "as configured" };
  const both = told([one, four]);
  assert.match(both, /closed 8: 1 worker, one is enough; closed 4000: 4 workers, as configured\./);
  assert.match(both, /of their health the worst counts/);
});

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

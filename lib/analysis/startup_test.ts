import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import type { Manifest } from "@/records/manifest.ts";
import type { ContentProbe, PhaseTime, ToldAtStart } from "@/records/startup_record.ts";
import type { LaunchRecord } from "@/records/trial_record.ts";
import { agreements, agreementText } from "./agreement.ts";
import { startupRows } from "./startup.ts";

const stay = (phase: PhaseTime["phase"], start_s: number, end_s: number) => ({
  phase,
  start_s,
  end_s,
});
const launch = (entry: string, rest: Partial<LaunchRecord>) =>
  ({ entry, simulated: false, ready_s: null, ...rest }) as LaunchRecord;

Deno.test("an entry's start is the median over launches, a phase entered twice is added up", () => {
  const told = (kv_cache_tokens: number) => ({ kv_cache_tokens }) as ToldAtStart;
  const [row, ...more] = startupRows([
    launch("a", {
      ready_s: 10,
      phases: [
        stay("importing", 0, 4),
        stay("allocating_kv", 4, 5),
        stay("compiling", 5, 8),
        stay("allocating_kv", 8, 10),
      ],
      told: told(100),
    }),
    launch("a", { ready_s: 6, phases: [stay("importing", 0, 6)], told: told(300) }),
    launch("a", { ready_s: null, phases: [stay("importing", 0, 99)] }),
    launch("old", { ready_s: 3 }),
  ]);
  assert.deepEqual(more, []);
  assert.equal(row!.launches, 2);
  assert.deepEqual(row!.ready_s, { median: 8, low: 6, high: 10 });
  assert.deepEqual(row!.phases.importing, { median: 5, low: 4, high: 6 });
  assert.deepEqual(row!.phases.allocating_kv, { median: 1.5, low: 0, high: 3 });
  assert.equal(row!.phases.capturing_graphs, null);
  assert.deepEqual(row!.told.kv_cache_tokens, { median: 200, low: 100, high: 300 });
  assert.equal(row!.told.weights_bytes, null);
});

const probe = (...texts: string[]): ContentProbe => ({
  answers: texts.map((text, i) => ({ prompt_id: String(i), text, fault: null })),
  verdict: "text",
});

function agreed(engines: object, probes: Record<string, ContentProbe>) {
  const text = JSON.stringify({ model: { name: "m" }, engines });
  const { config } = parseConfig(text, "study.json");
  const launches = Object.entries(probes).map(([entry, content_probe]) =>
    launch(entry, { content_probe })
  );
  return agreements({ config } as Manifest, launches);
}

Deno.test("answers of one model are compared word by word, place by place", () => {
  const engines = { a: { kind: "vllm" }, b: { kind: "sglang" }, c: { kind: "vllm" } };
  const found = agreed(engines, {
    a: probe("Paris is it.", "8", "Blue like this"),
    b: probe("Paris is it.", "8", "Blue like that"),
    c: probe("Paris is it.", "8", "Blue like this"),
  });
  assert.deepEqual(found.map(agreementText), [
    "b with a: 2 of 3 prompts, 85 % of the words",
    "c with a: 3 of 3 prompts, 100 % of the words",
  ]);
});

Deno.test("what serves another model, nothing or no answer is not compared", () => {
  const external = (model: string) => ({ kind: "external", base_url: "http://h/v1", model });
  const simulated = { kind: "simulated", wire: "vllm" };
  const engines = { a: { kind: "vllm" }, m: external("m"), x: external("x"), s: simulated };
  const same = probe("Paris");
  const found = agreed({ ...engines, old: { kind: "vllm" } }, {
    a: same,
    m: same,
    x: same,
    s: same,
  });
  assert.deepEqual(found.map(({ a, b }) => [a, b]), [["a", "m"]]);
  const failed: ContentProbe = {
    answers: [{ prompt_id: "0", text: "HTTP 500", fault: "failed" }],
    verdict: "SUSPECT",
  };
  assert.deepEqual(agreed(engines, { a: same, m: failed }), []);
});

/**
 * What the canary costs the trial that it watches: the same load again and again, with and without
 * it in turn. `deno task bench:canary [PAIRS] [STREAMS]`. The load goes to a known-truth server that
 * stands in for an engine, so nothing here was measured on an engine. With `taskset` the server gets
 * core 0, the client and the canary's server share core 1, as a trial on two cores has it.
 */
import process from "node:process";
import { median, quantile } from "simple-statistics";
import type { RequestRecord } from "@/records/request_record.ts";
import { startTruthServer } from "@/truth/truth_process.ts";
import { Canary, CANARY_SCRIPT } from "./canary.ts";
import { sendTruthLoad } from "./truth_load.ts";

const [pairs = 10, streams = 16] = Deno.args.map(Number);
const TOKENS = 64;
const STREAM = { ttft_ms: 30, token_ms: 10, spread: true };

interface Run {
  tokens_per_s: number;
  ttft_ms_p50: number;
  tpot_ms_p50: number;
  client_cpu_share: number;
  canary_server_cpu_share: number | null;
}

const pinned = await pinToCore(1);
await using engine = await startTruthServer({ cores: pinned ? "0" : null, spin_ms: 0 });
await using truth = await startTruthServer({ cores: pinned ? "1" : null, script: CANARY_SCRIPT });
const canary = new Canary(truth);
await run(false);
await run(true);
const runs: { on: Run; off: Run }[] = [];
for (let pair = 0; pair < pairs; pair++) {
  // The order changes, so that what drifts meets both.
  const first = await run(pair % 2 === 0);
  const second = await run(pair % 2 !== 0);
  runs.push(pair % 2 === 0 ? { on: first, off: second } : { on: second, off: first });
}
report();

async function run(watched: boolean): Promise<Run> {
  const seen: RequestRecord[] = [];
  const stop = watched ? canary.start() : null;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await sendTruthLoad({
    baseUrl: engine.baseUrl,
    users: streams,
    requests: 4 * streams,
    max_tokens: TOKENS,
    script: STREAM,
    signal: new AbortController().signal,
    onRecord: (record) => seen.push(record),
  });
  const took_ms = performance.now() - started;
  const used = process.cpuUsage(cpu);
  const told = await stop?.();
  const spans = seen.map(({ first_token_ms, last_token_ms }) => last_token_ms! - first_token_ms!);
  return {
    tokens_per_s: seen.length * TOKENS / (took_ms / 1000),
    ttft_ms_p50: median(seen.map(({ first_token_ms, sent_ms }) => first_token_ms! - sent_ms!)),
    tpot_ms_p50: median(spans.map((span) => span / (TOKENS - 1))),
    client_cpu_share: (used.user + used.system) / 1000 / took_ms,
    canary_server_cpu_share: told?.server_cpu_share ?? null,
  };
}

/** Ratios with the canary over without it, pair by pair. */
function report(): void {
  const ratio = (key: "tokens_per_s" | "ttft_ms_p50" | "tpot_ms_p50") => {
    const ratios = runs.map(({ on, off }) => on[key] / off[key]);
    const at = (p: number) => Number(quantile(ratios, p).toFixed(4));
    return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
  };
  const share = (values: (number | null)[]) =>
    Number(median(values.filter((value) => value !== null)).toFixed(4));
  console.log(JSON.stringify(
    {
      what: "with the canary over without it",
      pairs,
      streams,
      pinned,
      tokens_per_s: ratio("tokens_per_s"),
      ttft_ms_p50: ratio("ttft_ms_p50"),
      tpot_ms_p50: ratio("tpot_ms_p50"),
      client_cpu_share_added: share(
        runs.map(({ on, off }) => on.client_cpu_share - off.client_cpu_share),
      ),
      canary_server_cpu_share: share(runs.map(({ on }) => on.canary_server_cpu_share)),
    },
    null,
    2,
  ));
}

async function pinToCore(core: number): Promise<boolean> {
  if (navigator.hardwareConcurrency <= core) return false;
  const args = ["-a", "-c", "-p", String(core), String(Deno.pid)];
  return await new Deno.Command("taskset", { args, stdout: "null", stderr: "null" }).output()
    .then(({ success }) => success, () => false);
}

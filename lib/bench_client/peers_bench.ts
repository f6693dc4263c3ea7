/** Other projects' clients on the loads of the bench, the project's own and the floor beside them. */
import { transportFor } from "@/load/transport.ts";
import { CLIENTS } from "./clients.ts";
import { type Contender, ownContender, peerContender } from "./contenders.ts";
import { PEERS } from "./peers.ts";
import type { Peer } from "./peers/peer.ts";
import { type ContenderRuns, peersTableText } from "./peers_table.ts";
import type { Programs } from "./programs.ts";
import { type Bench, type ContenderMeasured, runContender } from "./run_contender.ts";
import type { Scenario } from "./scenarios.ts";

/** Those of these names; all without any. */
export function peersNamed(names: readonly string[]): Peer[] {
  return PEERS.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** The floor and the client over its default transport first, for comparison, then `peers`. */
export function contendersOf(peers: readonly Peer[], programs: Programs): Contender[] {
  const ours = CLIENTS.filter(({ name, judged }) => name === "floor" || judged);
  return [...ours.map((client) => ownContender(client, programs)), ...peers.map(peerContender)];
}

/** `times` runs of each in turn. One that fails says how and keeps the others running. */
export async function benchContenders(
  contenders: readonly Contender[],
  scenario: Scenario,
  times: number,
  bench: Bench,
): Promise<ContenderRuns[]> {
  const all = contenders.map(({ name, version, missing }) => ({
    name,
    version,
    runs: [] as ContenderMeasured[],
    problem: missing,
  }));
  for (let run = 1; run <= times; run++) {
    for (const [i, contender] of contenders.entries()) {
      const seen = all[i]!;
      if (seen.problem !== null) continue;
      console.error(`${scenario.name}: ${contender.name}, run ${run} of ${times}`);
      try {
        seen.runs.push(await runContender(contender, scenario, bench));
      } catch (error) {
        seen.problem = (error as Error).message;
      }
    }
  }
  return all;
}

/** The table with what its columns mean. */
export function peersText(all: readonly ContenderRuns[], times: number): string {
  return [
    `Peers' clients beside ours (${transportFor("http://h")}) and the floor; ` +
    `${times === 1 ? "one run" : `medians of ${times} runs`} each, watched from outside.`,
    "Errors are what a client tells less what the server wrote down: of the p50 and p99 of TTFT, of",
    "each request's TTFT where the client tells which it was, of the mean TPOT; its file is read as",
    "`import` reads it. Requests: told/sent.",
    "CPU is of all its processes, per token: between the first request and the last token, then of",
    "the whole run; memory is the sum over processes.",
    peersTableText(all),
  ].join("\n");
}

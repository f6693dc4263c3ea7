/** What a server's log says of its start, line by line: the phases and the numbers it tells. */
import type { EngineKind } from "@/config/schema.ts";
import type { PhaseTime, StartupPhase, ToldAtStart } from "@/records/startup_record.ts";
import { OF_ANOTHER_RANK, PHASE_MARKS, TOLD_RULES, type ToldRule } from "./startup_rules.ts";

/** Follows one start. Times are seconds since the launch, as good as the log is read often. */
export class StartupLog {
  readonly #kind: EngineKind;
  readonly #begun: { phase: StartupPhase; start_s: number }[] = [{
    phase: "importing",
    start_s: 0,
  }];
  readonly #parts = new Map<ToldRule["field"], Map<string, number>>();
  #passed = 0;

  constructor(kind: EngineKind) {
    this.#kind = kind;
  }

  /** The phase that the server is in, and since when. */
  get current(): { phase: StartupPhase; start_s: number } {
    return this.#begun.at(-1)!;
  }

  /** Takes whole lines that were there at `at_s`. */
  see(lines: readonly string[], at_s: number): void {
    for (const line of lines) {
      if (OF_ANOTHER_RANK.test(line)) continue;
      this.#seePhase(line, at_s);
      this.#seeNumbers(line);
    }
  }

  /** Every stay in a phase until `end_s`, when the server was ready or given up. */
  phases(end_s: number): PhaseTime[] {
    return this.#begun.map((begun, i) => ({
      ...begun,
      end_s: this.#begun[i + 1]?.start_s ?? end_s,
    }));
  }

  /** The numbers told so far. */
  told(): ToldAtStart {
    const sum = (field: ToldRule["field"]) => {
      const parts = this.#parts.get(field);
      return parts === undefined ? null : [...parts.values()].reduce((total, n) => total + n, 0);
    };
    return {
      kv_cache_tokens: sum("kv_cache_tokens"),
      kv_cache_bytes: sum("kv_cache_bytes"),
      weights_bytes: sum("weights_bytes"),
      graphs_bytes: sum("graphs_bytes"),
      max_concurrency: sum("max_concurrency"),
    };
  }

  #seePhase(line: string, at_s: number): void {
    const marks = PHASE_MARKS[this.#kind];
    // The mark of this phase, met again, is not a later one of the same wording.
    if (marks[this.#passed - 1]?.line.test(line)) return;
    const met = marks.findIndex((mark, i) => i >= this.#passed && mark.line.test(line));
    if (met < 0) return;
    this.#passed = met + 1;
    const { phase } = marks[met]!;
    if (phase !== this.current.phase) this.#begun.push({ phase, start_s: at_s });
  }

  #seeNumbers(line: string): void {
    for (const { field, line: pattern, times, part = "" } of TOLD_RULES[this.#kind]) {
      const groups = pattern.exec(line)?.slice(1);
      if (groups === undefined) continue;
      const factors = groups.map((group) => Number(group.replaceAll(",", "")));
      const parts = this.#parts.get(field) ?? new Map<string, number>();
      this.#parts.set(field, parts.set(part, factors.reduce((a, b) => a * b, times)));
    }
  }
}

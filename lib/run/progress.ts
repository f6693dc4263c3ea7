/**
 * Progress on stderr: one line that is rewritten where a terminal shows it, a plain line now and
 * then where none does. stdout stays for results.
 */
import type { StartupState } from "@/engines/startup_watch.ts";
import { STARTUP_PHASES } from "@/records/startup_record.ts";

export interface TrialProgress {
  label: string;
  done: number;
  failed: number;
  total: number;
  /** Warm-up requests are shown, and count for nothing in the time that is left. */
  warmup: boolean;
}

export interface ProgressSink {
  isTerminal: boolean;
  columns: number;
  write(text: string): void;
}

const TERMINAL_PERIOD_MS = 250;
const PLAIN_PERIOD_MS = 10_000;

export class Progress {
  #shown_ms = -Infinity;
  #started_ms: number;
  #finishedTrials = 0;
  #lineOpen = false;

  constructor(
    /** Null where it depends on what is seen. */
    public totalTrials: number | null,
    readonly sink: ProgressSink = stderrSink(),
    readonly now: () => number = () => performance.now(),
  ) {
    this.#started_ms = now();
  }

  /** The run has grown by so many trials. */
  addTrials(count: number): void {
    if (this.totalTrials !== null) this.totalTrials += count;
  }

  /** A line that stays. */
  say(line: string): void {
    this.#clear();
    this.sink.write(`${line}\n`);
  }

  /** The state of the trial that runs; shown at most four times a second. */
  update(trial: TrialProgress): void {
    this.#show(() => this.#line(trial));
  }

  /** What a starting server is busy with; shown as often, but not of starts that are soon over. */
  starting(label: string, { phase, phase_s, total_s }: StartupState): void {
    if (total_s * 1000 < this.#period_ms) return;
    const [inPhase, since] = [phase_s, total_s].map((s) => clock(s * 1000));
    this.#show(() => `${label}: ${STARTUP_PHASES[phase]} for ${inPhase}, launched ${since} ago`);
  }

  get #period_ms(): number {
    return this.sink.isTerminal ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS;
  }

  #show(write: () => string): void {
    if (this.now() - this.#shown_ms < this.#period_ms) return;
    this.#shown_ms = this.now();
    const line = write();
    if (!this.sink.isTerminal) return this.sink.write(`${line}\n`);
    this.#clear();
    this.sink.write(line.slice(0, this.sink.columns - 1));
    this.#lineOpen = true;
  }

  /** One lasting line for a finished trial. */
  finishTrial(line: string): void {
    this.#finishedTrials++;
    this.say(`[${this.#finishedTrials}${this.#ofTotal}] ${line}`);
    this.#shown_ms = this.now();
  }

  #line({ label, done, failed, total, warmup }: TrialProgress): string {
    const elapsed_ms = this.now() - this.#started_ms;
    const measured = warmup ? 0 : done / total;
    const share = (this.#finishedTrials + measured) / (this.totalTrials ?? Infinity);
    const left = share < 0.03 ? "" : `, about ${clock(elapsed_ms * (1 - share) / share)} left`;
    const failures = failed === 0 ? "" : `, ${failed} failed`;
    const step = `[${this.#finishedTrials + 1}${this.#ofTotal}]`;
    const phase = warmup ? ", warm-up" : "";
    return `${step} ${label}${phase}: ${done}/${total}${failures} · ${
      clock(elapsed_ms)
    } gone${left}`;
  }

  get #ofTotal(): string {
    return this.totalTrials === null ? "" : `/${this.totalTrials}`;
  }

  #clear(): void {
    if (this.#lineOpen) this.sink.write("\r\x1b[K");
    this.#lineOpen = false;
  }
}

/** Milliseconds as m:ss. */
export function clock(ms: number): string {
  const s = Math.round(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

function stderrSink(): ProgressSink {
  const plain = Deno.env.get("CI") !== undefined || Deno.env.get("NO_COLOR") !== undefined;
  const isTerminal = Deno.stderr.isTerminal() && !plain;
  const columns = isTerminal ? Deno.consoleSize().columns || 80 : 80;
  const encoder = new TextEncoder();
  return { isTerminal, columns, write: (text) => void Deno.stderr.writeSync(encoder.encode(text)) };
}

/** Follows a server's log while the server starts. */
import type { EngineKind } from "@/config/schema.ts";
import {
  type PhaseTime,
  STARTUP_PHASES,
  type StartupPhase,
  type ToldAtStart,
} from "@/records/startup_record.ts";
import { LogFollower } from "./log_follower.ts";
import { StartupLog } from "./startup_log.ts";

/** What a starting server is busy with. */
export interface StartupState {
  phase: StartupPhase;
  /** Seconds in this phase, and since the launch. */
  phase_s: number;
  total_s: number;
}

export interface StartupWatch extends Disposable {
  /** What the log says up to now, with the last phase ended at `end_s` since the launch. */
  end(end_s: number): { phases: PhaseTime[]; told: ToldAtStart };
}

/** How often the log is looked at, and so how exact a phase's time is. */
const PERIOD_MS = 100;

/** Looks at `log` until it is disposed of. `elapsed_s` gives seconds since the launch. */
export function watchStartup(
  kind: EngineKind,
  log: string,
  elapsed_s: () => number,
  onState: (state: StartupState) => void = () => {},
): StartupWatch {
  const follower = new LogFollower(log);
  const startup = new StartupLog(kind);
  const timer = setInterval(() => {
    const total_s = elapsed_s();
    startup.see(follower.newLines(), total_s);
    const { phase, start_s } = startup.current;
    onState({ phase, phase_s: total_s - start_s, total_s });
  }, PERIOD_MS);
  return {
    end(end_s) {
      startup.see(follower.newLines(), end_s);
      return { phases: startup.phases(end_s), told: startup.told() };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** `… while loading weights (for 12.3 s)`, from the last of the phases. */
export function whileIn(noticed: string, phases: readonly PhaseTime[]): string {
  const last = phases.at(-1);
  if (last === undefined) return noticed;
  const { phase, start_s, end_s } = last;
  return `${noticed}; it was ${STARTUP_PHASES[phase]}, for ${(end_s - start_s).toFixed(1)} s`;
}

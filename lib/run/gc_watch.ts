/** How long garbage collections held this thread up. */
import { GCProfiler } from "node:v8";
import type { GcPauses } from "@/records/trial_record.ts";

/** Ends a profile; gives the pause of each collection in it, in milliseconds. */
type EndProfile = () => readonly number[];
/** Calls `run` again and again, until what it gives is called. */
type Every = (run: () => void) => () => void;

/**
 * Begins to watch; the returned function ends it and sums up. V8's profiler keeps some 3 kB of each
 * collection and takes 0.1 ms to tell it, so it is asked often and not once at the end.
 */
export function watchGc(
  begin: () => EndProfile = profile,
  every: Every = tenthOfASecond,
): () => GcPauses {
  const pauses = { count: 0, total_ms: 0, max_ms: 0 };
  let end = begin();
  const sum = () => {
    for (const ms of end()) {
      pauses.count++;
      pauses.total_ms += ms;
      pauses.max_ms = Math.max(pauses.max_ms, ms);
    }
  };
  const stop = every(() => {
    sum();
    end = begin();
  });
  return () => {
    stop();
    sum();
    return pauses;
  };
}

function profile(): EndProfile {
  const profiler = new GCProfiler();
  profiler.start();
  // `cost` is in nanoseconds, whatever Node's documentation says.
  return () => (profiler.stop()?.statistics ?? []).map(({ cost }) => cost / 1e6);
}

function tenthOfASecond(run: () => void): () => void {
  const timer = setInterval(run, 100);
  return () => clearInterval(timer);
}

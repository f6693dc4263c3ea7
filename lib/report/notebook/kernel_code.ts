/** Code that the notebook runner itself executes in the kernel, around the cells. */

/** Message type of a mark. */
export const MARK = "notebook_run_mark";

const STRAY = `globalThis[Symbol.for("notebook_run_stray_errors")]`;

/**
 * Run before the first cell. When the runner is gone, however it ended, its end of the pipe closes
 * and the kernel ends. Errors in timers and in promises that nobody awaits are kept for the next
 * mark: unheard ones freeze the kernel or vanish, and a broadcast from a listener freezes it, too.
 */
export const PRELUDE = `
  (async () => { for await (const _ of Deno.stdin.readable); Deno.exit(1); })();
  ${STRAY} = [];
  for (const [type, field] of [["error", "error"], ["unhandledrejection", "reason"]]) {
    addEventListener(type, (event) => {
      event.preventDefault();
      const { name = "Error", message = String(event[field]) } = event[field] ?? {};
      ${STRAY}.push({ ename: name, evalue: message + " (in a timer or an unawaited promise)" });
    });
  }
  undefined`;

/** Sends the mark behind all output so far, with the stray errors since the last one. */
export function markCode(mark: string): string {
  const stray = `${STRAY}?.splice(0) ?? []`;
  return `await Deno.jupyter.broadcast("${MARK}", { mark: "${mark}", stray: ${stray} })`;
}

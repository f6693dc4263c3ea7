/** A full collection at a time of the caller's choosing, so that none falls due soon after. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collector: (() => void) | null = null;

/**
 * Collects the garbage of this thread; takes some tens of milliseconds. Left to itself the runtime
 * does so when its heap has grown, which by opening connections and warming up it just has.
 */
export function collectGarbage(): void {
  if (collector === null) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
  }
  collector();
}

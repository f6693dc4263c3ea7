/** A server between its launch and its end, as the trials on it see it. */
import type { Server } from "@/engines/launch.ts";
import type { ServerHabits } from "@/load/connection.ts";
import type { PromptWriter } from "@/load/prompt_writer.ts";
import type { FailureClass } from "@/records/trial_record.ts";
import { portablePaths } from "./portable_paths.ts";
import type { ServerWatch } from "./server_watch.ts";

/** A ready server, what its earlier trials taught about its connections, and its end. */
export interface WarmServer {
  server: Server;
  habits: ServerHabits;
  /** Aborts when the server ends, with a `ServerDied` as the reason. */
  died: AbortSignal;
  /** Null where the server has no metrics. */
  watch: ServerWatch | null;
  /** Writes prompts of a given length for this server; absent until they are needed. */
  writer?: PromptWriter;
}

/** A server that ended by itself after it was ready. */
export class ServerDied extends Error {
  constructor(message: string, readonly failure: FailureClass | null) {
    super(message);
  }
}

/** Takes a ready server into use. */
export function warmServer(server: Server, watch: ServerWatch | null): WarmServer {
  const died = new AbortController();
  server.exited.then(
    (how) => {
      const noticed = `the server ended during the trial (${how})`;
      const { message, failure } = server.explain(noticed, how);
      died.abort(new ServerDied(portablePaths(message), failure));
    },
    (error) => died.abort(error),
  );
  return { server, habits: { closesUnannounced: false }, died: died.signal, watch };
}

/** A dying server breaks its answers off first; its process may take so much longer to end. */
const DYING_MS = 5000;

/** Waits for the end of a server that may be dying, so that the cause is told and not its symptom. */
export async function endOfDying({ server, died }: WarmServer, signal: AbortSignal): Promise<void> {
  if (server.pid === null || died.aborted || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, DYING_MS);
  AbortSignal.any([died, signal]).addEventListener("abort", () => resolve());
  await promise;
  clearTimeout(timer);
}

/** Ports on 127.0.0.1. */

/** `asked` if it is free, else an error that says so; 0 or undefined gives any free port. */
export function freePort(asked: number | undefined): number {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: asked ?? 0 });
    return (listener.addr as Deno.NetAddr).port;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new Error(
      `port ${asked} on 127.0.0.1 is in use; stop what holds it or set another \`port\` for this entry`,
    );
  }
}

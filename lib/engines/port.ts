/** Ports on 127.0.0.1. */
import { holdersOf, holderText } from "./port_holder.ts";

/** `asked` if it is free, else an error that says who holds it; 0 or undefined gives any free port. */
export function freePort(asked: number | undefined): number {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: asked ?? 0 });
    return (listener.addr as Deno.NetAddr).port;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    const holders = holdersOf(asked!).map(holderText).join(" and ");
    const by = holders === "" ? "" : ` by ${holders}`;
    throw new Error(
      `port ${asked} on 127.0.0.1 is in use${by}; stop what holds it or set another \`port\` for this entry`,
    );
  }
}

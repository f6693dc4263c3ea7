/** Ports on 127.0.0.1. */
import { holdersOf, holderText } from "./port_holder.ts";

/** Of those that nobody asks for by name, where the system gives outgoing connections higher ones. */
const LOWEST = 20_000;
const OUTGOING = "/proc/sys/net/ipv4/ip_local_port_range";
const TRIES = 100;

/**
 * `asked` if it is free, else an error that says who holds it. 0 or undefined gives a free port that
 * no outgoing connection of another program can be given while the server loads, which takes minutes.
 */
export function freePort(asked: number | undefined): number {
  if (asked) return listened(asked) ?? refuse(asked);
  const highest = lowestOutgoing() - 1;
  for (let tries = 0; highest > LOWEST && tries < TRIES; tries++) {
    const port = listened(LOWEST + Math.floor(Math.random() * (highest - LOWEST + 1)));
    if (port !== null) return port;
  }
  return listened(0)!;
}

/** 0 where the system does not tell. */
function lowestOutgoing(): number {
  try {
    return Number(Deno.readTextFileSync(OUTGOING).split(/\s+/)[0]);
  } catch {
    return 0;
  }
}

/** The port, free again; null where it is in use. */
function listened(port: number): number | null {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    return (listener.addr as Deno.NetAddr).port;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    throw error;
  }
}

function refuse(port: number): never {
  const holders = holdersOf(port).map(holderText).join(" and ");
  const by = holders === "" ? "" : ` by ${holders}`;
  throw new Error(
    `port ${port} on 127.0.0.1 is in use${by}; stop what holds it or set another \`port\` for this entry`,
  );
}

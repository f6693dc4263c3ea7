import assert from "node:assert/strict";
import { freePort } from "./port.ts";

Deno.test("a port that nobody asked for is free to listen on", () => {
  for (const asked of [undefined, 0]) {
    const port = freePort(asked);
    assert(port > 0);
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    assert.equal((listener.addr as Deno.NetAddr).port, port);
  }
});

Deno.test("a port that nobody asked for is none that the system gives to outgoing connections", () => {
  const range = Deno.readTextFileSync("/proc/sys/net/ipv4/ip_local_port_range");
  const [lowest, highest] = range.trim().split(/\s+/).map(Number) as [number, number];
  for (let i = 0; i < 20; i++) {
    const port = freePort(undefined);
    assert(port < lowest || port > highest, `${port} lies in ${lowest} to ${highest}`);
  }
});

Deno.test("a port that is asked for is given when it is free", () => {
  const port = freePort(0);
  assert.equal(freePort(port), port);
});

Deno.test("a port in use is refused with its number, who holds it and what to do", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  assert.throws(() => freePort(port), ({ message }: Error) => {
    assert.match(
      message,
      new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is in use by \\S*deno test`),
    );
    assert(
      message.includes(`(pid ${Deno.pid}); stop what holds it or set another \`port\``),
      message,
    );
    return true;
  });
});

import assert from "node:assert/strict";
import { beginning, holdersOf, listeningInodes, pidsWith } from "./port_holder.ts";

/** Lines as Linux 6.1 writes them. */
const TABLES =
  `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:1F40 0100007F:C2E4 01 00000000:00000000 00:00000000 00000000     0        0 112 1 0 20 4 30 10 -1
   2: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 113 1 0 100 0 0 10 0
   3: 00000000:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 114 1 0 100 0 0 10 0
   4: 0500A8C0:1F42 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 115 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F43 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 116 1 0 100 0 0 10 0
`;

Deno.test("who listens on 127.0.0.1 itself gets the connections, else who listens everywhere", () => {
  assert.deepEqual(listeningInodes(TABLES, 8000), ["111"]);
  assert.deepEqual(listeningInodes(TABLES, 8001), ["114"]);
  assert.deepEqual(listeningInodes(TABLES, 8002), []);
  assert.deepEqual(listeningInodes(TABLES, 8003), ["116"]);
});

Deno.test("a socket that a process shares with its child is held by both", () => {
  const listing = `/proc/1/fd:
total 0
lrwx------ 1 root root 64 Nov 25 01:00 0 -> /dev/null

/proc/20/fd:
total 0
lrwx------ 1 root root 64 Nov 25 01:00 3 -> socket:[111]

/proc/21/fd:
total 0
lrwx------ 1 root root 64 Nov 25 01:00 5 -> socket:[1112]
lrwx------ 1 root root 64 Nov 25 01:00 6 -> socket:[111]

/proc/22/fd:
total 0
lrwx------ 1 root root 64 Nov 25 01:00 5 -> socket:[1112]
`;
  assert.deepEqual(pidsWith(listing, ["111"]), [20, 21]);
});

Deno.test("a command line is told up to its first flag, which may be a key", () => {
  assert.equal(beginning("python3\0-m\0http.server\x008000\0"), "python3 -m http.server 8000");
  assert.equal(beginning("vllm\0serve\0m\0--api-key\0abc\0"), "vllm serve m");
  assert.equal(beginning(""), "");
});

Deno.test("this program is found by the port it listens on, and by no other", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [holder, ...others] = holdersOf((listener.addr as Deno.NetAddr).port);
  assert.equal(holder!.pid, Deno.pid);
  assert.match(holder!.command, /deno/);
  assert.deepEqual(others, []);
  using everywhere = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  assert.equal(holdersOf((everywhere.addr as Deno.NetAddr).port)[0]!.pid, Deno.pid);
  assert.deepEqual(holdersOf(1), []);
});

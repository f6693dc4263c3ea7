import assert from "node:assert/strict";
import { TempFolder } from "@/test_servers/processes.ts";
import { groupMembers, listeningSockets, listensOn } from "./listener.ts";
import { startProcess } from "./supervised_process.ts";

Deno.test("only sockets that listen on the port count", () => {
  const text = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 x",
    "   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 222 1 x",
    "   2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 x",
  ].join("\n");
  assert.deepEqual(listeningSockets(text, 8080), ["111"]);
  assert.deepEqual(listeningSockets(text, 8081), ["333"]);
});

Deno.test("a process's group is told, whatever its name holds", () => {
  const text = "7 (a) b) S 1 7 7 0\n8 (vllm (x) S 7 7 7 0\n9 (c) S 1 9 9 0\n";
  assert.deepEqual(groupMembers(text, 8), [7, 8]);
  assert.deepEqual(groupMembers(text, 99), []);
});

Deno.test("a listener in the group is told from one outside and from none", async () => {
  using folder = new TempFolder();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assert.equal(await listensOn(port, Deno.pid), true);
  const options = { log: folder.file("log"), cores: null, grace_s: 1 };
  const other = await startProcess({ argv: ["sleep", "60"] }, options);
  assert.equal(await listensOn(port, other.pid), false);
  await other.stop();
  listener.close();
  assert.equal(await listensOn(port, Deno.pid), null);
});

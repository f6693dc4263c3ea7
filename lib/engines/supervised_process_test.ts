import assert from "node:assert/strict";
import { join } from "node:path";
import { processesWith, TempFolder, textOf, until, untilGone } from "@/test_servers/processes.ts";
import { startProcess } from "./supervised_process.ts";

/** A server that is a shell script; `$1` is the marker by which its processes are found. */
async function startShell(folder: TempFolder, script: string, marker = "unmarked") {
  const log = folder.file("log");
  const argv = ["sh", "-c", script, "sh", marker];
  return { log, process: await startProcess({ argv }, { log, cores: null, grace_s: 1 }) };
}

const newMarker = () => `100${Math.floor(Math.random() * 1e9)}`;
const loggedUp = (log: string) => until("the server is up", () => textOf(log).includes("up\n"));

/** Says that it is up and ignores the polite signal. */
const STUBBORN = `trap '' TERM; sleep $1 & echo up; while :; do sleep 0.2; done`;

Deno.test("a server that ends by itself is told with its exit code", async () => {
  using folder = new TempFolder();
  const { process } = await startShell(folder, "exit 7");
  assert.equal(await process.exited, "exit 7");
  assert.equal(await process.stop(), "exit 7");
});

Deno.test("a server that a signal ends is told with 128 and the signal's number", async () => {
  using folder = new TempFolder();
  const { process } = await startShell(folder, "kill -SEGV $$");
  assert.equal(await process.exited, "exit 139");
});

Deno.test("a program of a virtual environment finds the others of it, as if that were activated", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(folder.file("venv/bin"), { recursive: true });
  Deno.chmodSync(folder.file("venv/bin/serve", "#!/bin/sh\nninja-of-it\n"), 0o755);
  Deno.chmodSync(folder.file("venv/bin/ninja-of-it", "#!/bin/sh\necho found\n"), 0o755);
  const log = folder.file("log");
  const options = { log, cores: null, grace_s: 1 };
  const argv = [folder.file("venv/bin/serve")];
  await (await startProcess({ argv }, options)).exited;
  assert.match(textOf(log), /ninja-of-it: not found/);
  folder.file("venv/pyvenv.cfg", "");
  await (await startProcess({ argv }, options)).exited;
  assert.match(textOf(log), /found\n$/);
});

Deno.test("output is appended to what the log holds", async () => {
  using folder = new TempFolder();
  folder.file("log", "from before\n");
  const { log, process } = await startShell(folder, "echo out; echo err >&2");
  await process.exited;
  assert.equal(textOf(log), "from before\nout\nerr\n");
});

Deno.test("a log far over its limit is cut: its beginning, its last words and no more are kept", async () => {
  using folder = new TempFolder();
  const log = folder.file("log");
  // About 1 MB/s until a cut has been seen twice.
  const script = `echo first
    line=$(head -c 999 /dev/zero | tr '\\0' x)
    cuts=0; before=0; n=0
    while [ $cuts -lt 2 ] && [ $n -lt 20000 ]; do
      i=0; while [ $i -lt 50 ]; do echo "$line"; i=$((i + 1)); done
      n=$((n + 50)); size=$(wc -c <"$1"); [ $size -lt $before ] && cuts=$((cuts + 1))
      before=$size; sleep 0.05
    done
    echo "last after $n lines"; kill -KILL $$`;
  const process = await startProcess(
    { argv: ["sh", "-c", script, "sh", log] },
    { log, log_limit_bytes: 100_000, cores: null, grace_s: 1 },
  );
  assert.equal(await process.exited, "exit 137");
  const lines = Number(/last after (\d+) lines\n$/.exec(textOf(log))![1]);
  assert.ok(lines * 1000 > 10 * 100_000, `only ${lines} lines were printed`);
  assert.ok(textOf(`${log}.head`).startsWith("first\nxxx"));
  assert.ok(textOf(`${log}.1`).startsWith("x"), "the part before the last cut");
  const kept = ["", ".1", ".head"].map((part) => textOf(log + part).length);
  assert.ok(kept[2]! <= 1_000_000 && kept[0]! < lines * 1000, kept.join());
});

Deno.test("a program that does not exist ends with 127 and the log names it", async () => {
  using folder = new TempFolder();
  const log = folder.file("log");
  const command = { argv: ["no-such-server", "--port", "1"] };
  const process = await startProcess(command, { log, cores: null, grace_s: 1 });
  assert.equal(await process.exited, "exit 127");
  assert.match(textOf(log), /no-such-server: .*not found/);
});

Deno.test("a log that cannot be written is no good end, however fast it comes", async () => {
  using folder = new TempFolder();
  const log = folder.file("no-such-folder/log");
  for (let i = 0; i < 8; i++) {
    const process = await startProcess({ argv: ["true"] }, { log, cores: null, grace_s: 1 });
    assert.match(await process.exited, /^exit [1-9]/);
  }
});

Deno.test("environment and cores reach the server", async () => {
  using folder = new TempFolder();
  const log = folder.file("log");
  const command = { argv: ["sh", "-c", "echo $COLOUR; nproc"], env: { COLOUR: "teal" } };
  await (await startProcess(command, { log, cores: "0", grace_s: 1 })).exited;
  assert.equal(textOf(log), "teal\n1\n");
});

Deno.test("a stopped server may end in its own way within the grace", async () => {
  using folder = new TempFolder();
  const script = "trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.05; done";
  const { log, process } = await startShell(folder, script);
  await loggedUp(log);
  assert.equal(await process.stop(), "exit 5");
  assert.match(textOf(log), /bye/);
});

Deno.test("a server that ignores the polite signal is killed after the grace, its children too", async () => {
  using folder = new TempFolder();
  const marker = newMarker();
  const { log, process } = await startShell(folder, STUBBORN, marker);
  await loggedUp(log);
  // The shell says that it is up before its child has become `sleep`.
  await until("the child runs", () => processesWith(`sleep ${marker}`).length === 1);
  const asked = performance.now();
  assert.equal(await process.stop(), "killed after 1 s");
  const took_s = (performance.now() - asked) / 1000;
  assert.ok(took_s >= 0.95 && took_s < 6, `${took_s} s`);
  assert.deepEqual(processesWith(marker), []);
});

Deno.test("children that a server leaves behind are gone when its end is told", async () => {
  using folder = new TempFolder();
  const marker = newMarker();
  const { process } = await startShell(folder, "sleep $1 & exit 0", marker);
  assert.equal(await process.exited, "exit 0");
  assert.deepEqual(processesWith(marker), []);
});

Deno.test("a server whose supervisor is killed with -9 is stopped all the same, its children too", async () => {
  using folder = new TempFolder();
  const marker = newMarker();
  const { log, process } = await startShell(folder, STUBBORN, marker);
  await loggedUp(log);
  const parent = (pid: number) => Number(textOf(`/proc/${pid}/stat`).match(/\) \S (\d+)/)?.[1]);
  const supervisor = processesWith(marker).find((pid) => parent(pid) === Deno.pid);
  Deno.kill(supervisor!, "SIGKILL");
  assert.equal(await process.stop(), "killed after 1 s");
  assert.deepEqual(processesWith(marker), []);
});

Deno.test("nothing is left of a stubborn server whose launcher is killed with -9", async () => {
  using folder = new TempFolder();
  const marker = newMarker();
  const log = folder.file("log");
  const program = join(import.meta.dirname!, "..", "test_servers", "start_and_wait.ts");
  const launcher = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", program, log, "sh", "-c", STUBBORN, "sh", marker],
    stdout: "null",
  }).spawn();
  await loggedUp(log);
  await until("the child runs", () => processesWith(`sleep ${marker}`).length === 1);
  launcher.kill("SIGKILL");
  await launcher.status;
  await untilGone(marker);
});

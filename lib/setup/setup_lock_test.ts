import assert from "node:assert/strict";
import { PROJECT } from "@/test_servers/command_line.ts";
import { TempFolder, textOf, until } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { LOCK_FILE, withSetupLock } from "./setup_lock.ts";

/** Runs `body` with an engine cache of its own. */
async function withCache(body: (folder: TempFolder) => Promise<void>) {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, () => body(folder));
}

/** A process that takes the lock of that cache and keeps it; known to hold it once its id is in the file. */
function holder(folder: TempFolder): Deno.ChildProcess {
  const code = `import { withSetupLock } from "${import.meta.resolve("./setup_lock.ts")}";
    setInterval(() => {}, 1000);
    await withSetupLock(() => {}, () => new Promise(() => {}));`;
  const env = { BENCH_ENGINES_DIR: folder.path };
  return new Deno.Command(Deno.execPath(), { args: ["eval", code], cwd: PROJECT, env }).spawn();
}

Deno.test("a second setup names the first one's process, waits, and then does its work", () =>
  withCache(async (folder) => {
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const said: string[] = [];
    const running = withSetupLock(() => {}, () => first.promise.then(() => order.push("first")));
    await until("the lock is held", () => textOf(folder.file(LOCK_FILE)) !== "");
    const waiting = withSetupLock(
      (line) => said.push(line),
      () => Promise.resolve(order.push("second")),
    );
    await until("the second one says that it waits", () => said.length > 0);
    assert.deepEqual(said, [
      `another setup (process ${Deno.pid}) is at work on ${folder.path}; waiting for its end`,
    ]);
    assert.deepEqual(order, []);
    first.resolve();
    await Promise.all([running, waiting]);
    assert.deepEqual(order, ["first", "second"]);
    assert.equal(textOf(folder.file(LOCK_FILE)), "");
  }));

Deno.test("the lock of a process that was killed is taken over at once", () =>
  withCache(async (folder) => {
    const child = holder(folder);
    await until("it holds the lock", () => textOf(folder.file(LOCK_FILE)) === `${child.pid}\n`);
    child.kill("SIGKILL");
    await child.status;
    const said: string[] = [];
    assert.equal(await withSetupLock((line) => said.push(line), () => Promise.resolve(5)), 5);
    assert.deepEqual(said, []);
  }));

Deno.test("a setup that fails gives the lock back", () =>
  withCache(async () => {
    await assert.rejects(
      withSetupLock(() => {}, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.equal(await withSetupLock(assert.fail, () => Promise.resolve(6)), 6);
  }));

import assert from "node:assert/strict";
import { type Kernel, startKernel } from "./kernel.ts";

const CWD = import.meta.dirname!;
const LIMIT_MS = 10_000;

Deno.test("the outputs of 200 one-line cells all arrive, each with its cell", async () => {
  await using kernel = await startKernel({ cwd: CWD });
  for (let i = 0; i < 200; i++) {
    const { outputs } = await kernel.execute(`${i} + 1000`, LIMIT_MS);
    assert.equal(outputs.length, 1);
    assert.deepEqual(outputs[0]!.content["data"], { "text/plain": String(i + 1000) });
  }
});

Deno.test("a cell with 500 lines and one with 1 MB are complete", async () => {
  await using kernel = await startKernel({ cwd: CWD });
  const { outputs } = await kernel.execute(
    `for (let i = 0; i < 500; i++) console.log(i)`,
    LIMIT_MS,
  );
  const text = outputs.map(({ content }) => content["text"]).join("");
  assert.equal(text, Array.from({ length: 500 }, (_, i) => `${i}\n`).join(""));
  const large = await kernel.execute(`console.log("x".repeat(1_000_000))`, LIMIT_MS);
  assert.equal(String(large.outputs[0]!.content["text"]).length, 1_000_001);
});

Deno.test("a kernel keeps state, waits for top-level await and sees the environment given", async () => {
  await using kernel = await startKernel({ cwd: CWD, env: { ENGINE: "left" } });
  await kernel.execute(`const name = await Promise.resolve(Deno.env.get("ENGINE"));`, LIMIT_MS);
  const { outputs } = await kernel.execute("[name, Deno.noColor]", LIMIT_MS);
  assert.deepEqual(outputs[0]!.content["data"], { "text/plain": `[ "left", true ]` });
});

Deno.test("an endless await is stopped at the time limit, and the kernel with its children ends", async () => {
  const kernel = await startKernel({ cwd: CWD });
  const child = await startSleep(kernel);
  await assert.rejects(
    kernel.execute("await new Promise(() => {})", 200),
    /not finished after 0.2 s; the kernel was stopped/,
  );
  assert.deepEqual([await isAlive(kernel.pid), await isAlive(child)], [false, false]);
});

Deno.test("an endless loop is stopped at the time limit as well", async () => {
  const kernel = await startKernel({ cwd: CWD });
  await assert.rejects(kernel.execute("while (true);", 200), /not finished after 0.2 s/);
  assert.equal(await isAlive(kernel.pid), false);
});

Deno.test("a kernel that dies in a cell says how and leaves nothing to wait for", async () => {
  await using exited = await startKernel({ cwd: CWD });
  await assert.rejects(exited.execute("Deno.exit(3)", LIMIT_MS), /kernel ended with exit code 3/);
  await using killed = await startKernel({ cwd: CWD });
  await assert.rejects(killed.execute(`Deno.kill(Deno.pid, "SIGKILL")`, LIMIT_MS), /by SIGKILL/);
});

Deno.test("shutdown() ends the kernel and what a cell has started, and may be called twice", async () => {
  const kernel = await startKernel({ cwd: CWD });
  const child = await startSleep(kernel);
  await kernel.shutdown();
  await kernel.shutdown();
  assert.deepEqual([await isAlive(kernel.pid), await isAlive(child)], [false, false]);
});

Deno.test("a kernel ends when the process that started it is killed", async () => {
  const runner = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${CWD}/testdata/start_kernel.ts`],
    stdout: "piped",
  }).spawn();
  const reader = runner.stdout.getReader();
  const { value } = await reader.read();
  const pid = Number(new TextDecoder().decode(value));
  assert.equal(await isAlive(pid), true);
  runner.kill("SIGKILL");
  await runner.status;
  await reader.cancel();
  const deadline = performance.now() + 5000;
  while (await isAlive(pid)) assert.ok(performance.now() < deadline, `kernel ${pid} still runs`);
});

Deno.test("startKernel() says in the kernel's own words why there is none", async () => {
  await assert.rejects(
    startKernel({ cwd: CWD, env: { DENO_V8_FLAGS: "--no-such-flag" } }),
    /no Deno kernel started in .*report.*last words: error: V8 did not recognize flag/,
  );
});

async function startSleep(kernel: Kernel): Promise<number> {
  const code = `new Deno.Command("sleep", { args: ["60"] }).spawn().pid`;
  const { outputs } = await kernel.execute(code, LIMIT_MS);
  const pid = Number((outputs[0]!.content["data"] as Record<string, string>)["text/plain"]);
  assert.equal(await isAlive(pid), true);
  return pid;
}

/** A process that has ended but that nobody has waited for does not count. */
async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .output();
  const state = new TextDecoder().decode(stdout).trim();
  return state !== "" && !state.startsWith("Z");
}

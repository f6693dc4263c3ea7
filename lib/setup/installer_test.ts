import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { PROJECT } from "@/test_servers/command_line.ts";
import { processesWith, TempFolder, textOf, until, untilGone } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { runInstaller } from "./installer.ts";
import { SetupError } from "./python.ts";

/** Runs `body` with an engine cache of its own. */
async function withCache(body: (folder: TempFolder) => Promise<void>) {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, () => body(folder));
}

Deno.test("an installer's result is its stdout, and its errors are kept apart", () =>
  withCache(async (folder) => {
    const said = await runInstaller(["sh", "-c", 'echo "a warning" >&2; echo "$ONE"'], {
      ONE: "1",
    });
    assert.equal(said, "1\n");
    assert.deepEqual([...Deno.readDirSync(folder.path)], []);
  }));

Deno.test("an installer that fails is told with its code and the end of its stderr", () =>
  withCache(async () => {
    await assert.rejects(
      runInstaller(["sh", "-c", "echo out; echo no space left >&2; exit 3"]),
      (error: unknown) =>
        error instanceof SetupError &&
        /^sh -c .* ended with 3\n {2}\| no space left$/s.test(error.message),
    );
  }));

/** An installer that leaves half of its work and goes on in a child; without HANG it does all of it. */
const FAKE_UV = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
  *" venv "*) for last; do :; done; mkdir -p "$last/bin"; printf '#!/bin/sh\\n' > "$last/bin/hf"; chmod +x "$last/bin/hf" ;;
  *" pip "*) if [ -n "$HANG" ]; then sleep "$HANG" & wait; fi ;;
esac
`;

Deno.test("a setup that is killed leaves no installer running, and the next one resumes", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(folder.file("bin"));
  Deno.chmodSync(folder.file("bin/uv", FAKE_UV), 0o755);
  const hang = `100${Math.floor(Math.random() * 1e9)}`;
  const env = {
    PATH: `${folder.path}/bin:${Deno.env.get("PATH")}`,
    BENCH_ENGINES_DIR: folder.file("engines"),
    CALLS: folder.file("calls"),
  };
  const script = `import { install } from "${PROJECT}/lib/setup/install.ts";
    import { hfClientSteps } from "${PROJECT}/lib/setup/hf_client.ts";
    await install(hfClientSteps(), { say: console.log });`;
  const run = (more: Record<string, string>) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", `${PROJECT}/deno.json`, folder.file("setup.ts", script)],
      env: { ...env, ...more },
      stdout: "null",
    }).spawn();

  const killed = run({ HANG: hang });
  await until("the installer is at work", () => processesWith(`sleep ${hang}`)[0]);
  assert.ok(processesWith(`${folder.path}/bin/uv`).length > 0);
  killed.kill("SIGKILL");
  await killed.status;
  await untilGone(`sleep ${hang}`);
  await untilGone(`${folder.path}/bin/uv`);
  const complete = folder.file("engines/hf-2.4.0/complete");
  assert.equal(existsSync(complete), false);

  assert.equal((await run({ HANG: "" }).status).code, 0);
  assert.ok(existsSync(complete));
  assert.equal(textOf(folder.file("calls")).match(/ pip install /g)?.length, 2);
  const left = [...Deno.readDirSync(folder.file("engines"))].map(({ name }) => name);
  assert.deepEqual(left.filter((name) => name.startsWith("fetch-")), []);
});

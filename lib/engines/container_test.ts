import assert from "node:assert/strict";
import { FakeDocker } from "@/test_servers/fake_docker.ts";
import { processesWith, TempFolder, until, untilGone } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import {
  containerCommand,
  containerMemory,
  containerRuntime,
  hasImage,
  pinned,
} from "./container.ts";
import { startProcess } from "./supervised_process.ts";

const PORT = 8471;
const NAME = `inference-stack-benchmarks-${PORT}`;

const command = () =>
  containerCommand({
    runtime: "docker",
    image: "registry/engine:1",
    port: PORT,
    argv: ["serve", "--port", String(PORT)],
    mounts: [{ from: "/cache/m", to: "/models/m" }, {
      from: "/hub",
      to: "/huggingface",
      writable: true,
    }],
    env: { HF_HUB_OFFLINE: "1" },
    passedOn: ["HF_TOKEN"],
  });

Deno.test("a container is published on 127.0.0.1 only, has a name, and no secret on its command line", () => {
  const { argv, container } = command();
  assert.equal(
    argv.join(" "),
    `docker run --rm --init --pull never --name ${NAME} --gpus all --ipc host --ulimit memlock=-1 ` +
      `--ulimit stack=67108864 -p 127.0.0.1:${PORT}:${PORT} -v /cache/m:/models/m:ro ` +
      `-v /hub:/huggingface -e HF_HUB_OFFLINE=1 -e HF_TOKEN registry/engine:1 serve --port ${PORT}`,
  );
  assert.deepEqual(container, { runtime: "docker", name: NAME });
});

Deno.test("a container is kept on its cores by its engine, other commands by taskset", () => {
  assert.equal(pinned(command(), "2-5").slice(0, 5).join(" "), "docker run --cpuset-cpus 2-5 --rm");
  assert.deepEqual(pinned({ argv: ["x", "y"] }, "0"), ["taskset", "-c", "0", "x", "y"]);
});

Deno.test("a client without an engine is no container engine; podman is asked next", async () => {
  using docker = new FakeDocker(["a:1"]);
  const { folder } = docker;
  await withEnv({ ...docker.env, PATH: `${folder.path}/bin` }, async () => {
    // Shell built-ins only, so that no podman of this machine is found.
    const shebang = Deno.readTextFileSync(folder.file("bin/docker"));
    Deno.writeTextFileSync(
      folder.file("bin/docker"),
      shebang.replace('state=$(dirname "$0")/../docker', `state=${folder.path}/docker`),
    );
    assert.equal(containerRuntime(), "docker");
    docker.stopEngine();
    assert.equal(containerRuntime(), null);
    Deno.chmodSync(folder.file("bin/podman", "#!/bin/sh\nexit 0\n"), 0o755);
    assert.equal(containerRuntime(), "podman");
    await Promise.resolve();
  });
});

Deno.test("an image is there or it is not", async () => {
  using docker = new FakeDocker(["a:1"]);
  await withEnv(docker.env, async () => {
    assert.deepEqual([hasImage("docker", "a:1"), hasImage("docker", "a:2")], [true, false]);
    await Promise.resolve();
  });
});

/** Starts the fake container and hands over its client's process; nothing of it may be left in the end. */
async function withContainer(
  settings: Record<string, string>,
  body: (at: {
    docker: FakeDocker;
    process: Awaited<ReturnType<typeof startProcess>>;
  }) => Promise<void>,
) {
  using docker = new FakeDocker();
  using folder = new TempFolder();
  const lasts_s = `100${Math.floor(Math.random() * 1e9)}`;
  await withEnv({ ...docker.env, LASTS_S: lasts_s, STUBBORN: "", ...settings }, async () => {
    const options = { log: folder.file("log"), cores: null, grace_s: 1 };
    const process = await startProcess(command(), options);
    await until("the container runs", () => processesWith(`sleep ${lasts_s}`)[0]);
    await body({ docker, process });
    await untilGone(`sleep ${lasts_s}`);
  });
}

Deno.test("a container is stopped by its name, since its client's end is not its own", () =>
  withContainer({}, async ({ docker, process }) => {
    assert.equal(await process.stop(), "exit 0");
    const ending = docker.calls.filter((call) => !call.startsWith("run"));
    assert.equal(ending[0], `stop -t 1 ${NAME}`);
    assert.ok(ending.slice(1).every((call) => call === `rm -f ${NAME}`), ending.join("\n"));
  }));

Deno.test("a container that does not stop is removed by force", () =>
  withContainer({ STUBBORN: "1" }, async ({ docker, process }) => {
    await process.stop();
    assert.ok(docker.calls.includes(`rm -f ${NAME}`));
  }));

Deno.test("a container does not outlive a client that was killed", () =>
  withContainer({}, async ({ docker, process }) => {
    Deno.kill(process.pid, "SIGKILL");
    assert.equal(await process.exited, "exit 137");
    assert.ok(docker.calls.includes(`rm -f ${NAME}`));
  }));

Deno.test("a container's memory is that of what runs in it, not of the client", () =>
  withContainer({}, async ({ docker, process }) => {
    const inside = Number(Deno.readTextFileSync(docker.folder.file(`docker/${NAME}.pid`)));
    const cmdline = Deno.readTextFileSync(`/proc/${process.pid}/cmdline`);
    assert.match(cmdline, /docker\0run\0/);
    const fromName = await containerMemory(process.pid);
    assert.ok(fromName !== null && inside > 0);
    assert.match(fromName.label, /^sum of the resident sizes/);
    assert.ok(docker.calls.includes(`inspect --format {{.State.Pid}} ${NAME}`));
    await process.stop();
  }));

import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { tensorrtLlm } from "@/engines/tensorrt_llm.ts";
import { FakeDocker } from "@/test_servers/fake_docker.ts";
import { withFakePrograms } from "@/test_servers/fake_programs.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { install } from "./install.ts";
import { installParts } from "./install_parts.ts";
import { allParts, configParts } from "./parts.ts";
import { SetupError } from "./python.ts";

/** Names of the parts that a config with these entries needs. */
function partsOf(engines: Record<string, unknown>, model: Record<string, unknown> = {}) {
  const name = { name: "SmolLM2-135M-Instruct", ...model };
  return configParts(configSchema.parse({ model: name, engines }));
}

const namesOf = (...args: Parameters<typeof partsOf>) => partsOf(...args).map(({ name }) => name);

Deno.test("a config needs its entries' engines at their versions and devices, each once, and its model", () => {
  const engines = {
    a: { kind: "vllm" },
    b: { kind: "vllm", extra_args: ["--x"] },
    c: { kind: "vllm", version: "0.26.0" },
    d: { kind: "vllm", device: "cpu" },
    e: { kind: "sglang", version: "0.5.17" },
    f: { kind: "tensorrt-llm" },
    g: { kind: "tensorrt-llm", docker_image: "registry/mine:2" },
  };
  assert.deepEqual(namesOf(engines, { name: "org/m", revision: "v1" }), [
    "vllm 0.33.0 cuda",
    "vllm 0.26.0 cuda",
    "vllm 0.32.0 cpu",
    "sglang 0.5.17 cuda",
    "tensorrt-llm",
    "registry/mine:2",
    "org/m@v1",
  ]);
});

Deno.test("what is there already or comes from elsewhere is not installed", () => {
  const simulated = { kind: "simulated", wire: "vllm" };
  const external = { kind: "external", base_url: "http://127.0.0.1:1/v1", model: "m" };
  assert.deepEqual(namesOf({ simulated, external }), []);
  assert.deepEqual(namesOf({ a: { kind: "vllm", executable: "/opt/vllm" } }, { name: "/m" }), []);
  assert.deepEqual(namesOf({ a: { kind: "llama-cpp" }, simulated }), ["llama-cpp"]);
});

Deno.test("the small model is made with the environment of one of the entries", async () => {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
    const stepsOf = async (engines: Record<string, unknown>) => {
      const part = partsOf(engines).at(-1)!;
      assert.equal(part.name, "SmolLM2-135M-Instruct in BF16");
      return (await part.steps()).map(({ into }) => into.replace(`${folder.path}/`, ""));
    };
    assert.deepEqual(await stepsOf({ a: { kind: "sglang" } }), [
      "models/SmolLM2-135M-Instruct.Q4_1.gguf",
      "models/SmolLM2-135M-Instruct-bf16",
    ]);
    await assert.rejects(
      stepsOf({ a: { kind: "tensorrt-llm" } }),
      /is made with the tools of an environment of vLLM or SGLang, and the config has none/,
    );
  });
});

Deno.test("--all is what the study needs and every other kind for the GPU, or the CPU's where there is none", async () => {
  const engines = { a: { kind: "vllm" }, b: { kind: "sglang" } };
  const study = configSchema.parse({ model: { name: "org/m" }, engines });
  const all = async () => (await allParts(study)).map(({ name, optional }) => [name, optional]);
  await withEnv({ PATH: "" }, async () => {
    assert.deepEqual(await all(), [["llama-cpp", undefined], ["vllm 0.32.0 cpu", undefined]]);
  });
  using docker = new FakeDocker();
  await withEnv(docker.env, async () => {
    assert.deepEqual(await all(), [
      ["vllm 0.33.0 cuda", undefined],
      ["sglang 0.5.23 cuda", undefined],
      ["org/m", undefined],
      ["llama-cpp", true],
      ["tensorrt-llm", true],
    ]);
  });
});

const options = { say: () => {}, freeMb: () => Promise.resolve(1e6) };

Deno.test("a part that fails does not keep the others back, and is told in the end", async () => {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
    const done = new Set<string>();
    const part = (name: string, fails = false) => ({
      name,
      steps: () =>
        Promise.resolve([{
          what: name,
          into: name,
          download_mb: 0,
          disk_mb: 1,
          isDone: () => Promise.resolve(done.has(name)),
          run: () =>
            fails ? Promise.reject(new SetupError("no")) : Promise.resolve(void done.add(name)),
        }]),
    });
    const offline = { name: "m", steps: () => Promise.reject(new SetupError("offline")) };
    const optional = { ...part("c", true), optional: true as const };
    const parts = [part("a", true), offline, part("b"), optional];
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const { ready, failures } = await installParts(parts, { ...options, say });
    assert.equal(said[0], "m: offline; the others go on");
    assert.deepEqual(ready, ["b"]);
    assert.deepEqual(failures.map(({ name, error, optional }) => [name, error.message, optional]), [
      ["m", "offline", false],
      ["a", "no", false],
      ["c", "no", true],
    ]);
  });
});

Deno.test("all parts together are held against the disk before the first begins, optional ones apart", async () => {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
    const ran: string[] = [];
    const said: string[] = [];
    const step = (what: string) => ({
      what,
      into: what,
      download_mb: 1000,
      disk_mb: 2000,
      isDone: () => Promise.resolve(ran.includes(what)),
      run: () => Promise.resolve(void ran.push(what)),
    });
    const part = (name: string, more: object = {}) => ({
      name,
      steps: () => Promise.resolve([step("shared"), step(name)]),
      ...more,
    });
    const parts = [part("a"), part("b"), part("c", { optional: true as const })];
    const tried = (free: number, dryRun = false) =>
      installParts(parts, {
        say: (line) => void said.push(line),
        freeMb: () => Promise.resolve(free),
        dryRun,
      });
    await assert.rejects(
      tried(5000),
      /has 5\.0 GB free, 6\.0 GB are needed, .* nothing was installed/,
    );
    assert.deepEqual(ran, []);
    await assert.rejects(tried(5000, true), SetupError);
    said.length = 0;
    await tried(7000, true);
    assert.deepEqual(said.slice(-2), [
      "all of it: 4.0 GB to download, 8.0 GB on disk (2.0 GB of it optional); 7.0 GB are free",
      "dry run: nothing was done",
    ]);
    assert.deepEqual(ran, []);
    await tried(7000);
    assert.deepEqual(ran, ["shared", "a", "b", "c"]);
  });
});

Deno.test("TensorRT-LLM is not fetched where OpenMPI is missing, and the message says what brings it", async () => {
  const scripts = { ldconfig: 'echo "libc.so.6"\n', uv: "exit 1\n", python3: "echo 3 12\n" };
  const asScripts = Object.fromEntries(
    Object.entries(scripts).map(([name, text]) => [name, `#!/bin/sh\n${text}`]),
  );
  await withFakePrograms(asScripts, { LD_LIBRARY_PATH: "" }, async (folder) => {
    // Only the fakes, so that no container engine answers.
    await withEnv({ PATH: `${folder.path}/bin` }, async () => {
      const [part] = partsOf({ a: { kind: "tensorrt-llm" } }, { name: "/m" });
      const environment = (await part!.steps()).at(-1)!;
      await assert.rejects(
        environment.run(() => {}),
        /needs OpenMPI .* apt-get install libopenmpi/,
      );
      Deno.writeTextFileSync(folder.file("libmpi.so.40"), "");
      await withEnv(
        { LD_LIBRARY_PATH: folder.path },
        () =>
          assert.rejects(
            environment.run(() => {}),
            (error: Error) => !/OpenMPI/.test(error.message),
          ),
      );
    });
  });
});

Deno.test("an image of a config is fetched by the container engine, once", async () => {
  using docker = new FakeDocker();
  await withEnv(docker.env, async () => {
    const steps = async (docker_image: string) =>
      await partsOf({ a: { kind: "tensorrt-llm", docker_image } }, { name: "/m" })[0]!.steps();
    for (let i = 0; i < 2; i++) await install(await steps("registry/mine:2"), options);
    assert.equal(docker.calls.filter((call) => call === "pull --quiet registry/mine:2").length, 1);
    await assert.rejects(
      install(await steps("registry/no-such:1"), options),
      /docker pull --quiet registry\/no-such:1 ended with 1\n {2}\| manifest unknown$/,
    );
    docker.stopEngine();
    await assert.rejects(
      steps("registry/mine:2"),
      /docker_image registry\/mine:2: no container engine answers .* leave docker_image out/,
    );
  });
});

Deno.test("TensorRT-LLM is fetched as an image where a container engine answers, and then run from it", async () => {
  using docker = new FakeDocker();
  await withEnv(docker.env, async () => {
    const steps = await partsOf({ a: { kind: "tensorrt-llm" } }, { name: "/m" })[0]!.steps();

    assert.equal((await tensorrtLlm.availability()).available, false);
    await install(steps, options);
    const { available, why } = await tensorrtLlm.availability();
    assert.ok(available);
    assert.match(why, /^nvcr\.io\/nvidia\/tensorrt-llm\/release@sha256:\S+ through docker$/);
    // Its image may be gone later.
    Deno.writeTextFileSync(docker.folder.file("docker/images"), "");
    assert.equal((await tensorrtLlm.availability()).available, false);
    assert.equal(await steps[0]!.isDone(), false);
  });
});

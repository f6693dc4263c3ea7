import assert from "node:assert/strict";
import { configSchema, type EntryOf } from "@/config/schema.ts";
import { FakeDocker } from "@/test_servers/fake_docker.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { hubModelDir } from "./model_files.ts";
import { environmentDir, pythonEngine } from "./python_engines.ts";
import { tensorrtLlm } from "./tensorrt_llm.ts";
import { fetchedImageDir, releaseImage } from "./tensorrt_llm_image.ts";

function study(settings: Record<string, unknown> = {}) {
  const config = configSchema.parse({
    model: { name: "org/model" },
    engines: { a: { kind: "tensorrt-llm", ...settings } },
  });
  return { config, entry: config.engines.a as EntryOf<"tensorrt-llm"> };
}

Deno.test("TensorRT-LLM serves the model through trtllm-serve", () => {
  const { config, entry } = study({ extra_args: ["--max_seq_len", "4096"] });
  assert.equal(tensorrtLlm.model(entry, config), "org/model");
  assert.deepEqual(tensorrtLlm.command(entry, config, 8003)!.argv, [
    "trtllm-serve",
    "serve",
    "org/model",
    "--host",
    "127.0.0.1",
    "--port",
    "8003",
    "--max_seq_len",
    "4096",
  ]);
});

Deno.test("TensorRT-LLM is told not to send usage with every chunk", () => {
  const { entry } = study();
  const request = { messages: [], max_tokens: 1, temperature: 0 };
  assert.deepEqual(tensorrtLlm.body(entry, "m", request).stream_options, {
    include_usage: true,
    continuous_usage_stats: false,
  });
});

/** Marks a folder of the engine cache as installed to the end. */
function installed(folder: string) {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(`${folder}/complete`, "");
}

const RELEASE = pythonEngine({ kind: "tensorrt-llm" });

Deno.test("the image of the config runs in a container that listens inside, published on 127.0.0.1", async () => {
  using docker = new FakeDocker();
  const env = { ...docker.env, HF_HOME: "/hub", HF_TOKEN: "hf_secret" };
  await withEnv(env, async () => {
    const settings = {
      docker_image: "registry/mine:2",
      extra_args: ["--max_seq_len", "4096"],
      env: { TLLM_LOG_LEVEL: "INFO" },
    };
    const { config, entry } = study(settings);
    const { argv, container } = tensorrtLlm.command(entry, config, 8003)!;
    assert.equal(argv.slice(0, 2).join(" "), "docker run");
    assert.ok(argv.join(" ").includes(" -p 127.0.0.1:8003:8003 -v /hub:/huggingface "));
    assert.equal(
      argv.slice(argv.indexOf("registry/mine:2")).join(" "),
      "registry/mine:2 trtllm-serve serve org/model --host 0.0.0.0 --port 8003 --max_seq_len 4096",
    );
    assert.ok(argv.join(" ").includes(" -e TLLM_LOG_LEVEL=INFO "));
    assert.ok(argv.includes("HF_TOKEN") && !argv.join(" ").includes("hf_secret"));
    assert.deepEqual(container, { runtime: "docker", name: "inference-stack-benchmarks-8003" });
    assert.equal(
      (await tensorrtLlm.describe(entry, config)).version,
      "tensorrt-llm, image registry/mine:2",
    );
  });
});

Deno.test("an image that is not there, or no container engine, is told before anything starts", async () => {
  using docker = new FakeDocker(["registry/mine:2"]);
  await withEnv(docker.env, async () => {
    const here = await tensorrtLlm.availability(study({ docker_image: "registry/mine:2" }).entry);
    assert.deepEqual([here.available, here.why], [true, "registry/mine:2 through docker"]);
    const { entry } = study({ docker_image: "registry/mine:3" });
    const missing = await tensorrtLlm.availability(entry);
    assert.equal(missing.why, "registry/mine:3 is not on this machine");
    assert.match(missing.what_to_do, /docker pull registry\/mine:3, or deno task setup --config/);
    docker.stopEngine();
    const none = await tensorrtLlm.availability(entry);
    assert.match(
      none.why,
      /^no container engine: neither `docker info` nor `podman info` answers$/,
    );
    assert.match(none.what_to_do, /start docker or podman, or leave `docker_image` out/);
  });
});

Deno.test("what setup has fetched is run: an environment before the release's image, and a program before both", async () => {
  using docker = new FakeDocker();
  await withEnv(docker.env, async () => {
    const program = (settings = {}) => {
      const { config, entry } = study(settings);
      return tensorrtLlm.command(entry, config, 1)!.argv;
    };
    assert.equal(program()[0], "trtllm-serve");
    installed(fetchedImageDir(RELEASE));
    assert.ok(program().includes(releaseImage("1.2.1")));
    assert.match(releaseImage("1.2.1"), /\/release@sha256:[0-9a-f]{64}$/);
    assert.equal(releaseImage("1.3.0"), "nvcr.io/nvidia/tensorrt-llm/release:1.3.0");
    installed(environmentDir(RELEASE));
    assert.match(program()[0]!, /tensorrt-llm-1\.2\.1-cuda\/venv\/bin\/trtllm-serve$/);
    assert.equal(program({ executable: "/opt/trtllm-serve" })[0], "/opt/trtllm-serve");
    await Promise.resolve();
  });
});

Deno.test("a downloaded model is mounted read-only, served offline, and named as its folder is", async () => {
  using docker = new FakeDocker();
  await withEnv(docker.env, async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const folder = hubModelDir("org/model", commit);
    Deno.mkdirSync(folder, { recursive: true });
    const record = { id: "org/model", commit, revision: "main", bytes: 1, downloaded_at: "2026" };
    Deno.writeTextFileSync(`${folder}/downloaded.json`, JSON.stringify(record));
    const { config, entry } = study({ docker_image: "registry/mine:2" });
    const name = "org--model@0123456789ab";
    const argv = tensorrtLlm.command(entry, config, 1)!.argv.join(" ");
    assert.ok(
      argv.includes(` -v ${folder}:/models/${name}:ro -e HF_HUB_OFFLINE=1 registry/mine:2 `),
    );
    assert.ok(argv.includes(` serve /models/${name} `));
    assert.equal(tensorrtLlm.model(entry, config), name);
    assert.equal(
      (await tensorrtLlm.describe(entry, config)).model,
      `org/model at commit ${commit}`,
    );
  });
});

Deno.test("a folder of this machine is mounted as a downloaded model is", async () => {
  using docker = new FakeDocker();
  await withEnv(docker.env, async () => {
    const { config, entry } = study({ docker_image: "registry/mine:2" });
    config.model.name = "/data/my-model";
    const argv = tensorrtLlm.command(entry, config, 1)!.argv.join(" ");
    assert.ok(argv.includes(" -v /data/my-model:/models/my-model:ro "));
    assert.ok(argv.includes(" serve /models/my-model "));
    assert.equal(tensorrtLlm.model(entry, config), "my-model");
    await Promise.resolve();
  });
});

Deno.test("an image beside a program is a contradiction, and a version is no path", () => {
  const both = { docker_image: "a", executable: "b" };
  assert.throws(() => study(both), /has no meaning beside `executable`/);
  assert.throws(() => study({ version: "../1" }), /expected a version such as 0\.33\.0/);
});

/** `setup` as a command; what it installs is tested in `lib/setup` and by the tests of real engines. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { run } from "@/test_servers/command_line.ts";
import { FakeDocker } from "@/test_servers/fake_docker.ts";
import { FakeHub } from "@/test_servers/fake_hub.ts";
import { TempFolder } from "@/test_servers/processes.ts";

Deno.test("a dry run of setup says what it would install, with sizes, and does nothing", async () => {
  using folder = new TempFolder();
  const env = { BENCH_ENGINES_DIR: folder.file("engines") };
  const llama = await run(["setup", "--dry-run"], env);
  assert.equal(llama.code, 0);
  assert.match(
    llama.stderr,
    /llama\.cpp \(xllamacpp \S+\): 34 MB to download, 135 MB on disk, into /,
  );
  const vllm = await run(["setup", "--engine", "vllm", "--dry-run"], env);
  assert.equal(vllm.code, 0);
  assert.match(
    vllm.stderr,
    /vLLM 0\.32\.0 for the CPU, and torch: 2\.8 GB to download, 6\.0 GB on/,
  );
  const cuda = await run(["setup", "--engine", "vllm", "--device", "cuda", "--dry-run"], env);
  assert.match(cuda.stderr, /vLLM 0\.33\.0 for CUDA, .*not tried yet/);
  for (const { stdout, stderr } of [llama, vllm, cuda]) {
    assert.equal(stdout, "");
    assert.match(stderr, /dry run: nothing was done\n$/);
  }
  assert.equal(existsSync(folder.file("engines")), false);
});

Deno.test("setup lists what the cache holds and removes one of it by name", async () => {
  using folder = new TempFolder();
  const env = { BENCH_ENGINES_DIR: folder.path };
  Deno.mkdirSync(folder.file("vllm-1-cpu"));
  folder.file("vllm-1-cpu/complete", "");
  assert.match(
    (await run(["setup", "--list"], env)).stdout,
    /^1 MB {2}complete {2}vllm {2}1 +cpu +vllm-1-cpu$/m,
  );
  const removed = await run(["setup", "--remove", "vllm-1-cpu"], env);
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(existsSync(folder.file("vllm-1-cpu")), false);
  const again = await run(["setup", "--remove", "vllm-1-cpu"], env);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /^error: \S+ holds no "vllm-1-cpu"; it holds nothing$/m);
});

Deno.test("an engine or device that cannot be installed is wrong usage", async () => {
  using folder = new TempFolder();
  const wrong: [string[], RegExp][] = [
    [["--engine", "mlc"], /'mlc' is invalid\. Allowed choices are llama-cpp, vllm, sglang, tensor/],
    [["--engine", "vllm", "--device", "tpu"], /'tpu' is invalid\. Allowed choices are cpu, cuda/],
    [["--device", "cuda"], /llama-cpp is installed for the CPU only; leave it out/],
    [
      ["--engine", "sglang", "--device", "cpu"],
      /sglang is for GPUs only: its kernels for the CPU are in no wheel on PyPI; leave it out/,
    ],
    [["--engine", "tensorrt-llm", "--device", "cpu"], /for NVIDIA GPUs only; leave it out/],
    [["--all", "--engine", "vllm"], /--all says by itself what to install/],
    [["--config", "a.yaml", "--model", "o/m"], /--config says by itself what to install/],
    [["--model", "o/m@"], /expected ORGANISATION\/NAME or ORGANISATION\/NAME@REVISION/],
    [["--model", "o/m", "--device", "cuda"], /--device cuda: name the --engine that it is for/],
  ];
  // A dry run and a cache of its own, so that a refusal that is lost installs nothing.
  const env = { BENCH_ENGINES_DIR: folder.file("engines") };
  for (const [args, message] of wrong) {
    const { code, stderr } = await run(["setup", "--dry-run", ...args], env);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, message);
  }
});

Deno.test("setup --all on a GPU is what the default study needs, its model too, and more where it can be had", async () => {
  using docker = new FakeDocker();
  docker.stopEngine();
  const scout = "RedHatAI/Llama-4-Scout-17B-16E-Instruct-quantized.w4a16";
  await using hub = new FakeHub({
    [scout]: { revisions: { main: "c".repeat(40) }, files: { "a.safetensors": "12345" } },
  });
  const env = { ...docker.env, HF_ENDPOINT: hub.url };
  const told = await run(["setup", "--all", "--dry-run"], env);
  assert.equal(told.code, 0, told.stderr);
  for (const name of ["vllm 0.33.0 cuda", "sglang 0.5.23 cuda", scout, "tensorrt-llm"]) {
    assert.ok(told.stderr.includes(`${name}:\n`), told.stderr);
  }
  assert.match(told.stderr, /llama\.cpp \(xllamacpp \S+\): 34 MB to download/);
  assert.match(told.stderr, /vLLM 0\.\d+\.0 for CUDA.*: \S+ GB to download, \S+ GB on disk/);
  assert.equal(existsSync(docker.folder.file("engines")), false);
  assert.match(
    told.stderr,
    /^all of it: \S+ GB to download, \S+ GB on disk \(25\.\d GB of it optional\)/m,
  );
  assert.match(
    told.stderr,
    /^next: the same without --dry-run; deno task bench --config configs\/engines/m,
  );
  const offline = await run(["setup", "--all", "--dry-run"], {
    ...env,
    HF_ENDPOINT: "http://127.0.0.1:9",
  });
  assert.equal(offline.code, 1, "the study cannot do without its model");
  assert.match(offline.stderr, /^failed: RedHatAI.*cannot be reached/m);
  assert.match(offline.stderr, /^all of it, without RedHatAI\S+: /m);
});

Deno.test("nothing is fetched for a study whose model does not fit, and what does is named", async () => {
  using folder = new TempFolder();
  const study = folder.file(
    "study.yaml",
    [
      "model: { name: RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic }",
      "engines: { v: { kind: vllm, settings: { context_tokens: 4096 } } }",
      'hardware: { gpu: "NVIDIA H100 80GB HBM3" }',
    ].join("\n"),
  );
  const env = { BENCH_ENGINES_DIR: folder.file("engines"), HF_ENDPOINT: "http://127.0.0.1:9" };
  const { code, stderr } = await run(["setup", "--config", study], env);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /study\.yaml cannot run; nothing was started\.\n {2}v: fp8 does not fit on/);
  assert.match(stderr, /what does fit: w4a16 here/);
  assert.equal(existsSync(folder.file("engines")), false);
});

Deno.test("a dry run of SGLang and TensorRT-LLM tells the command, and for the latter every way", async () => {
  using docker = new FakeDocker();
  const dryRun = async (engine: string) =>
    (await run(["setup", "--engine", engine, "--dry-run"], docker.env)).stderr;
  const sglang = await dryRun("sglang");
  assert.match(
    sglang,
    /SGLang 0\.5\.23 for CUDA.*12\.0 GB on disk, into \S+\/sglang-0\.5\.23-cuda/,
  );
  assert.match(sglang, /^ +uv pip install sglang==0\.5\.23 /m);
  const image = "nvcr\\.io/nvidia/tensorrt-llm/release@sha256:cb4d8af81c58[0-9a-f]{52}";
  const environment =
    /^ +uv pip install --index https:\/\/pypi\.nvidia\.com .* tensorrt-llm==1\.2\.1$/m;
  const container = await dryRun("tensorrt-llm");
  assert.match(container, /NVIDIA's container image.* into docker's own store/);
  assert.match(container, new RegExp(`^ +docker pull ${image}$`, "m"));
  assert.match(container, /without a container engine it would be:/);
  assert.match(container, environment);
  docker.stopEngine();
  const pod = await dryRun("tensorrt-llm");
  assert.match(pod, /in an environment.* into \S+\/tensorrt-llm-1\.2\.1-cuda/);
  assert.match(pod, environment);
  assert.match(pod, new RegExp(`^ +docker pull ${image}$`, "m"));
  assert.match(pod, /start the pod from NVIDIA's own image nvcr\.io\S+:1\.2\.1: its trtllm-serve/);
  assert.equal(existsSync(docker.folder.file("engines")), false);
});

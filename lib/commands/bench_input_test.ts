/** Wrong input to `bench`: what is said, and that nothing is started. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";

const GOOD = `engines:
  sim: { kind: simulated, wire: vllm }
benchmark: { concurrency_levels: [1], requests_per_level: 1, warmup_requests: 0, max_tokens: 4, blocks: 1 }
`;

interface Input {
  config?: string | null;
  prompts?: string;
  args?: string[];
  env?: Record<string, string>;
}

/** Exit code 2, nothing on stdout, no run folder, and a message with each of `said`. */
async function assertRefused(
  { config = GOOD, prompts, args = [], env = {} }: Input,
  ...said: RegExp[]
) {
  using folder = new TempFolder();
  const output = folder.file("run");
  const study = folder.file("study.yaml", config ?? undefined);
  const prompted = prompts === undefined ? [] : ["--prompts", folder.file("prompts.json", prompts)];
  const { code, stdout, stderr } = await run(
    ["bench", "--config", study, "--output", output, ...prompted, ...args],
    env,
  );
  assert.equal(code, 2, stderr);
  assert.equal(stdout, "");
  assert.equal(existsSync(output), false);
  for (const pattern of said) assert.match(stderr, pattern);
  assert.doesNotMatch(stderr, /\n {4}at /, "no stack trace");
}

Deno.test("an unknown key is named with its place and the key that was meant", () =>
  assertRefused(
    { config: GOOD.replace("blocks: 1", "block: 1") },
    /study\.yaml:3:\d+ benchmark\.block: unknown key; did you mean "blocks"\?/,
  ));

Deno.test("a value of the wrong type is told with its place and what was expected", () =>
  assertRefused(
    { config: GOOD.replace("blocks: 1", "blocks: many") },
    /study\.yaml:3:\d+ benchmark\.blocks: expected a.* number, got "many"/,
  ));

Deno.test("a key that stands twice is told with its place", () =>
  assertRefused(
    { config: GOOD + "engines: {}\n" },
    /study\.yaml:4:1 the key engines stands twice in one mapping; keep one of them/,
  ));

Deno.test("an empty config is told with where to start from", () =>
  assertRefused(
    { config: "" },
    /study\.yaml: there is nothing in this file; start from one in configs\//,
  ));

Deno.test("a missing config is told", () =>
  assertRefused({ config: null }, /study\.yaml: no such file; check the path/));

Deno.test("prompts of another shape are told with their place and the shapes that are known", () =>
  assertRefused(
    { prompts: '{"short": [42]}' },
    /prompts\.json:1:\d+ short\[0\]: expected text, \{"prompt": text\} or a list of/,
  ));

Deno.test("prompts that are a plain list are told to be categories", () =>
  assertRefused({ prompts: '["Why?"]' }, /prompts\.json:1:1 expected categories: .* got a list/));

Deno.test("a missing prompts file is told", () =>
  assertRefused({ args: ["--prompts", "no-such.json"] }, /no-such\.json: no such file/));

Deno.test("a workload of a category that the prompts lack is told with those they have", () =>
  assertRefused(
    {
      config: GOOD + "workloads: { chat: { categories: [rhymes] } }\n",
      prompts: '{"short": ["Hi"]}',
    },
    /workload "chat" names rhymes, but the prompts file has short/,
  ));

Deno.test("an unknown engine is told with the entries that there are", () =>
  assertRefused(
    { args: ["--engine", "nope"] },
    /--engine nope: no entry or kind of that name; the config has sim \(simulated\)/,
  ));

Deno.test("an engine that cannot run here is told with what runs, and nothing is started", () =>
  assertRefused(
    {
      config: GOOD.replace(
        "engines:\n",
        "engines:\n  card: { kind: vllm }\n",
      ),
      env: { PATH: "/no/programs/here" },
    },
    /study\.yaml cannot run on this machine; nothing was started/,
    /card \(vllm\): .*\n {4}to do: on a GPU machine, .*vllm/,
    /deno task demo/,
    /configs\/laptop\.yaml/,
  ));

Deno.test("a port in use is told with what to do", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  await assertRefused(
    { config: GOOD.replace("wire: vllm", `wire: vllm, port: ${port}`) },
    new RegExp(
      `sim \\(simulated\\): port ${port} on 127.0.0.1 is in use by .*; stop what holds it or set`,
    ),
  );
});

Deno.test("a key's variable that is not set is named", () =>
  assertRefused(
    {
      config: GOOD.replace(
        "{ kind: simulated, wire: vllm }",
        "{ kind: external, base_url: 'http://127.0.0.1:9/v1', model: m, api_key_env: NO_SUCH_KEY }",
      ),
    },
    /sim \(external\): api_key_env names NO_SUCH_KEY, which is not set; export it first/,
  ));

Deno.test("an unknown option is named and the known ones are listed", () =>
  assertRefused({ args: ["--concurrency", "4"] }, /unknown option '--concurrency'/, /--dry-run/));

Deno.test("a run folder that is not empty is left as it is", async () => {
  using folder = new TempFolder();
  const study = folder.file("study.yaml", GOOD);
  const { code, stderr } = await run(["bench", "--config", study, "--output", folder.path]);
  assert.equal(code, 2);
  assert.ok(stderr.includes(`${folder.path} is not empty; give --output a new folder`), stderr);
  assert.deepEqual([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["study.yaml"]);
});

Deno.test("the default study needs a GPU and, without one, says what runs here instead", async () => {
  using folder = new TempFolder();
  const PATH = folder.path;
  const { code, stdout, stderr } = await run(["bench", "--output", folder.file("run")], { PATH });
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /engines\.yaml cannot run on this machine; nothing was started/);
  assert.match(stderr, /vllm \(vllm\): no NVIDIA GPU, no vllm on the PATH/);
  assert.match(stderr, /deno task demo/);
  assert.match(stderr, /configs\/laptop\.yaml/);
  assert.deepEqual([...Deno.readDirSync(folder.path)], []);
});

Deno.test("a dry run prints the plan and starts nothing", async () => {
  using folder = new TempFolder();
  const study = folder.file("study.yaml", GOOD);
  const output = folder.file("run");
  const { code, stdout } = await run(["bench", "--config", study, "--output", output, "--dry-run"]);
  assert.equal(code, 0);
  assert.match(stdout, /^1 launches, 1 trials, 1 measured requests, seed 1\n/);
  assert.equal(existsSync(output), false);
});

Deno.test("a dry run of the default study works without a GPU", async () => {
  const { code, stdout } = await run(["bench", "--dry-run"]);
  assert.equal(code, 0);
  assert.match(stdout, /measured requests/);
});

Deno.test("list-engines names each kind, as an option and as a command, also as JSON", async () => {
  const option = await run(["bench", "--list-engines"]);
  const command = await run(["list-engines"]);
  assert.equal(option.code, 0);
  assert.equal(option.stdout, command.stdout);
  assert.match(option.stdout, /^simulated +available: /m);
  const listed = JSON.parse((await run(["list-engines", "--json"])).stdout);
  assert.deepEqual(
    listed.map(({ kind }: { kind: string }) => kind),
    ["vllm", "vllm", "sglang", "tensorrt-llm", "llama-cpp", "external", "simulated"],
  );
});

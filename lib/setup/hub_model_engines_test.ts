/** The hub's real client against a small hub on loopback. Part of `deno task test:engines`: installs the client (10 MB). */
import assert from "node:assert/strict";
import { downloadedModel, hubModelDir } from "@/engines/model_files.ts";
import { FakeHub } from "@/test_servers/fake_hub.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { hubModelSteps } from "./hub_model.ts";
import { install } from "./install.ts";

const COMMIT = "3333333333333333333333333333333333333333";
const FILES = {
  "config.json": '{"a":1}',
  "model.safetensors": "w".repeat(70_000),
  "sub/b.txt": "b",
};

Deno.test("the real client downloads a gated model with the token of the environment", async () => {
  const models = { "org/real": { revisions: { main: COMMIT }, files: FILES, gate: "hf_right" } };
  await using hub = new FakeHub(models);
  using folder = new TempFolder();
  const env = { BENCH_ENGINES_DIR: folder.path, HF_ENDPOINT: hub.url, HF_TOKEN: "hf_right" };
  await withEnv(env, async () => {
    await install(await hubModelSteps("org/real"), { say: console.log });
    assert.equal(downloadedModel("org/real")!.commit, COMMIT);
    for (const [path, text] of Object.entries(FILES)) {
      assert.equal(textOf(`${hubModelDir("org/real", COMMIT)}/${path}`), text);
    }
    const files = hub.asked.filter((line) => line.startsWith(`GET /org/real/resolve/${COMMIT}/`));
    assert.equal(files.length, 3, files.join("\n"));
    const { stdout } = await new Deno.Command("grep", { args: ["-rl", "hf_right", folder.path] })
      .output();
    assert.equal(new TextDecoder().decode(stdout), "");
  });
});

Deno.test("a connection that breaks off is gone on with where it ended", async () => {
  const text = "0123456789".repeat(2_500_000);
  const files = { "model.safetensors": text };
  const models = {
    "org/large": { revisions: { main: COMMIT }, files, breaksAfter: 12_000_000 },
  };
  await using hub = new FakeHub(models);
  using folder = new TempFolder();
  await withEnv(
    { BENCH_ENGINES_DIR: folder.path, HF_ENDPOINT: hub.url, HF_TOKEN: "" },
    async () => {
      // The client writes 10 MB at a time, and may try again by itself or need to be called again.
      for (let i = 0; i < 3 && downloadedModel("org/large") === null; i++) {
        const steps = await hubModelSteps("org/large");
        await install(steps, { say: console.log }).catch((error) => console.log(error.message));
      }
      assert.equal(textOf(`${hubModelDir("org/large", COMMIT)}/model.safetensors`), text);
      const from = hub.asked.filter((line) => line.startsWith("from byte "));
      assert.ok(from.length > 0, hub.asked.join("\n"));
    },
  );
});

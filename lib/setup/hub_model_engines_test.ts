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

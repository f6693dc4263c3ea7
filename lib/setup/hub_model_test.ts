import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { downloadedModel, hubModelDir } from "@/engines/model_files.ts";
import { FakeHub } from "@/test_servers/fake_hub.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { hubModelSteps } from "./hub_model.ts";
import { install } from "./install.ts";
import { SetupError } from "./python.ts";

const FIRST = "1111111111111111111111111111111111111111";
const SECOND = "2222222222222222222222222222222222222222";

const MODELS = {
  "org/open": {
    revisions: { main: SECOND, v1: FIRST },
    files: { "config.json": "{}", "model.safetensors": "w".repeat(5000), "original/a.pth": "x" },
  },
  "org/gated": { revisions: { main: FIRST }, files: { "config.json": "{}" }, gate: "hf_right" },
};

/** `uv` that makes environments, and in them an `hf` that copies WRITES bytes of each file of the hub. */
const FAKE_UV = `#!/bin/sh
case "$*" in *" venv "*)
  for last; do :; done
  mkdir -p "$last/bin"
  cp "$(dirname "$0")/hf" "$last/bin/hf" ;;
esac
`;
const FAKE_HF = `#!/bin/sh
[ "$1" = version ] && exit 0
echo "$*" >> "$CALLS"
[ -z "$HF_FAILS" ] || { echo "$HF_FAILS" >&2; exit 1; }
folder=$6
for file; do
  case "$file" in config.json) printf '{}' > "$folder/$file" ;;
    *.safetensors) head -c "$WRITES" /dev/zero > "$folder/$file" ;;
  esac
done
`;

/** Runs `body` with the fakes, a hub and an empty engine cache. */
async function withHub(
  body: (at: { hub: FakeHub; folder: TempFolder }) => Promise<void>,
  settings: Record<string, string> = {},
) {
  await using hub = new FakeHub(MODELS);
  using folder = new TempFolder();
  Deno.mkdirSync(folder.file("bin"));
  Deno.chmodSync(folder.file("bin/uv", FAKE_UV), 0o755);
  Deno.chmodSync(folder.file("bin/hf", FAKE_HF), 0o755);
  const env = {
    PATH: `${folder.path}/bin:${Deno.env.get("PATH")}`,
    BENCH_ENGINES_DIR: folder.file("engines"),
    HF_ENDPOINT: hub.url,
    HF_TOKEN: "",
    HF_FAILS: "",
    CALLS: folder.file("calls"),
    WRITES: "5000",
    ...settings,
  };
  await withEnv(env, () => body({ hub, folder }));
}

async function setup(id: string, revision?: string, dryRun = false): Promise<string[]> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  await install(await hubModelSteps(id, revision), { say, dryRun });
  return said;
}

const refusal = (message: RegExp) => (error: unknown) =>
  error instanceof SetupError && message.test(error.message);

Deno.test("a model is downloaded at the commit that its branch means, which is recorded", () =>
  withHub(async ({ folder }) => {
    await setup("org/open");
    const model = downloadedModel("org/open")!;
    assert.deepEqual({ ...model, downloaded_at: "" }, {
      id: "org/open",
      commit: SECOND,
      revision: "main",
      bytes: 5002,
      downloaded_at: "",
    });
    assert.equal(
      textOf(folder.file("calls")),
      `download org/open --revision ${SECOND} --local-dir ${hubModelDir("org/open", SECOND)} ` +
        "--quiet config.json model.safetensors\n",
    );
  }));

Deno.test("revisions lie side by side, and one that is there is not asked for again", () =>
  withHub(async ({ hub }) => {
    await setup("org/open");
    await setup("org/open", "v1");
    assert.equal(downloadedModel("org/open", "v1")!.commit, FIRST);
    assert.equal(downloadedModel("org/open", FIRST)!.revision, "v1");
    const before = hub.asked.length;
    for (const revision of [undefined, "v1", SECOND]) {
      assert.deepEqual(await setup("org/open", revision), []);
    }
    assert.equal(hub.asked.length, before);
  }));

Deno.test("a dry run tells the model's size and what is left out, and downloads nothing", () =>
  withHub(async ({ folder }) => {
    const said = (await setup("org/open", undefined, true)).join("\n");
    assert.match(said, /org\/open at commit 222222222222 \(main\), 2 files: 1 MB to download/);
    assert.match(said, /not downloaded: 1 MB in other forms/);
    assert.equal(existsSync(folder.file("engines")), false);
  }));

Deno.test("a file that is shorter than the hub says does not count as downloaded", () =>
  withHub(async () => {
    await assert.rejects(
      setup("org/open"),
      refusal(/model\.safetensors has 4999 bytes, the hub says 5000; run setup again$/),
    );
    assert.equal(downloadedModel("org/open"), null);
    assert.equal(existsSync(`${hubModelDir("org/open", SECOND)}/model.safetensors`), false);
  }, { WRITES: "4999" }));

Deno.test("a download that broke off keeps whole files, and half ones neither stay nor count", () =>
  withHub(async () => {
    const folder = hubModelDir("org/open", SECOND);
    const [whole, half, sums] = [
      `${folder}/model.safetensors`,
      `${folder}/.cache/huggingface/download/x.1a2b.incomplete`,
      `${folder}/.cache/huggingface/download/model.safetensors.metadata`,
    ];
    Deno.mkdirSync(dirname(half), { recursive: true });
    Deno.writeTextFileSync(whole, "w".repeat(5000));
    Deno.writeTextFileSync(half, "w".repeat(4000));
    Deno.writeTextFileSync(sums, "");
    const { download_mb } = (await hubModelSteps("org/open")).at(-1)!;
    assert.equal(download_mb * 1e6, 2);
    await assert.rejects(setup("org/open"), refusal(/ended with 1\n {2}\| connection reset$/));
    assert.deepEqual([whole, half, sums].map(existsSync), [true, false, true]);
    assert.equal(downloadedModel("org/open"), null);
  }, { HF_FAILS: "connection reset" }));

Deno.test("a gated model needs a token of the environment, which is written nowhere", async () => {
  const wanted =
    /^org\/gated is gated; export HF_TOKEN .* accepted its licence at https:\S+\/org\/gated/;
  await withHub(() => assert.rejects(setup("org/gated"), refusal(wanted)));
  await withHub(
    () => assert.rejects(setup("org/gated"), refusal(/the token in HF_TOKEN may not read it/)),
    { HF_TOKEN: "hf_wrong" },
  );
  await withHub(async ({ hub, folder }) => {
    const said = await setup("org/gated");
    assert.equal(downloadedModel("org/gated")!.commit, FIRST);
    assert.ok(hub.asked.every((request) => request.endsWith(" with a token")));
    const { stdout } = await new Deno.Command("grep", { args: ["-r", "hf_right", folder.path] })
      .output();
    assert.equal(new TextDecoder().decode(stdout), "");
    assert.ok(!said.join("\n").includes("hf_right"));
  }, { HF_TOKEN: "hf_right" });
});

Deno.test("a model or revision that the hub does not have is told as such", () =>
  withHub(async () => {
    await assert.rejects(
      setup("org/none"),
      refusal(/has no model org\/none: a slip in the name, or it is private; export HF_TOKEN/),
    );
    await assert.rejects(
      setup("org/open", "v9"),
      refusal(/org\/open has no revision "v9" on http/),
    );
    await assert.rejects(setup("../api"), refusal(/is no name of a model on the hub/));
  }));

Deno.test("without the hub the message says so, and what helps", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  await withHub(
    () =>
      assert.rejects(
        setup("org/open"),
        refusal(/^the hub http:\S+ cannot be reached \(.*\); is this machine online\? HF_ENDPOINT/),
      ),
    { HF_ENDPOINT: url },
  );
});

import assert from "node:assert/strict";
import { knownModel } from "@/config/fit/known_models.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { HUB_RECORD, hubModelDir } from "../model_files.ts";
import { type ModelShape, modelShape } from "./model_shape.ts";

const LLAMA = knownModel("meta-llama/Llama-3.1-8B-Instruct")!.config;

Deno.test("a model's shape comes from the file that is named, its folder, or what ships", () => {
  using folder = new TempFolder();
  const config_json = folder.file(
    "config.json",
    JSON.stringify({ ...LLAMA, num_hidden_layers: 3 }),
  );
  const layers = (model: Parameters<typeof modelShape>[0]) =>
    (modelShape(model) as ModelShape).shape.layers;
  assert.equal(layers({ name: "meta-llama/Llama-3.1-8B-Instruct", config_json }), 3);
  assert.equal(layers({ name: folder.path }), 3);
  assert.equal(layers({ name: "meta-llama/Llama-3.1-8B-Instruct" }), 32);
  assert.equal(layers({ name: "SmolLM2-135M-Instruct" }), 30);
  assert.match(
    modelShape({ name: "some/model" }) as string,
    /some\/model is not known.*config_json/,
  );
});

Deno.test("a downloaded model's own config goes before what ships", async () => {
  using folder = new TempFolder();
  await withEnv({ BENCH_ENGINES_DIR: folder.path }, async () => {
    const [id, commit] = ["meta-llama/Llama-3.1-8B-Instruct", "0123456789abcdef"];
    const dir = hubModelDir(id, commit);
    await Deno.mkdir(dir, { recursive: true });
    const record = { id, commit, revision: "main", bytes: 1, downloaded_at: "2026-11-25" };
    await Deno.writeTextFile(`${dir}/${HUB_RECORD}`, JSON.stringify(record));
    await Deno.writeTextFile(`${dir}/config.json`, JSON.stringify({ ...LLAMA, vocab_size: 7 }));
    assert.equal((modelShape({ name: id }) as ModelShape).shape.vocabulary, 7);
  });
});

Deno.test("a config.json that is none is told with its path", () => {
  using folder = new TempFolder();
  const refused = (name: string, text: string | undefined, pattern: RegExp) =>
    assert.throws(() => modelShape({ name: "m", config_json: folder.file(name, text) }), pattern);
  refused("no.json", undefined, /no\.json: no such file; check model\.config_json/);
  refused("half.json", "{", /half\.json: no JSON: /);
  refused("list.json", "[]", /list\.json: expected an object/);
  refused("other.json", '{"a": 1}', /other\.json: model_type "undefined" is not known here/);
  const quantised = { ...LLAMA, quantization_config: { quant_method: "bitnet" } };
  refused("q.json", JSON.stringify(quantised), /q\.json: its quantization_config \(bitnet\)/);
});

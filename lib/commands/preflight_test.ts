import assert from "node:assert/strict";
import { configSchema } from "@/config/schema.ts";
import { withNvidiaSmi } from "@/test_servers/nvidia_smi_stand_in.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { preflight } from "./preflight.ts";

const FILE = { path: "f.yaml", locate: () => "f.yaml:1:1" };

const study = (hardware = {}) =>
  configSchema.parse({ engines: { a: { kind: "vllm", executable: "/bin/sh" } }, hardware });

Deno.test("a GPU that others use refuses the study and names them, unless they are allowed", async () => {
  await withNvidiaSmi({ memory: [9000], apps: ["4711, 8400, python3"] }, async ({ set }) => {
    await assert.rejects(preflight(study(), FILE), /in use by pid 4711 \(python3, 8400 MiB\)/);
    await preflight(study({ allow_other_tenants: true }), FILE);
    set({ memory: [9000] });
    await assert.rejects(preflight(study(), FILE), /9000 MiB of GPU 0 are in use .* not shown/);
    set({ memory: [4] });
    await preflight(study(), FILE);
  });
});

Deno.test("on a machine with a GPU an engine that is missing ends in the command that installs it", async () => {
  using folder = new TempFolder();
  const config = configSchema.parse({
    engines: { a: { kind: "vllm" } },
    next: { "configs/other.yaml": "an easier one" },
  });
  const fits = { model: { name: "meta-llama/Llama-3.1-8B-Instruct" } };
  await withEnv(
    { BENCH_ENGINES_DIR: folder.path },
    () =>
      withNvidiaSmi({ memory: [4] }, async ({ set }) => {
        const said = async () => {
          const error = await preflight({ ...config, ...fits }, FILE).catch((e) => e);
          return (error as Error).message;
        };
        assert.match(
          await said(),
          /\n\nnext: deno task setup --config f\.yaml, then .* doctor --config f\.yaml$/,
        );
        set({ memory: [9000] });
        assert.match(
          await said(),
          /\n\nnext: .*other\.yaml .*\nnext: deno task doctor --config f\.yaml$/,
        );
      }),
  );
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { engineCacheDir } from "@/engines/cache.ts";
import { portablePaths } from "./portable_paths.ts";

const PROJECT = join(import.meta.dirname!, "..", "..");

/** What `portablePaths` makes of `text` for a user whose home folder is `home`. */
function inHome(home: string, text: string): string {
  const [oldHome, oldEngines] = [Deno.env.get("HOME"), Deno.env.get("BENCH_ENGINES_DIR")];
  Deno.env.set("HOME", home);
  Deno.env.set("BENCH_ENGINES_DIR", "/engines");
  try {
    return portablePaths(text);
  } finally {
    if (oldHome === undefined) Deno.env.delete("HOME");
    else Deno.env.set("HOME", oldHome);
    if (oldEngines === undefined) Deno.env.delete("BENCH_ENGINES_DIR");
    else Deno.env.set("BENCH_ENGINES_DIR", oldEngines);
  }
}

Deno.test("folders of this machine get neutral names", () => {
  assert.equal(
    portablePaths(join(engineCacheDir(), "venv/bin/python")),
    "$ENGINES/venv/bin/python",
  );
  assert.equal(portablePaths(join(PROJECT, "lib/main.ts")), "./lib/main.ts");
  assert.equal(portablePaths(Deno.execPath()), "deno");
  assert.equal(inHome("/home/al", "/home/al/models/m.gguf"), "~/models/m.gguf");
});

Deno.test("every place in a longer text is found, quoted and after an equals sign too", () => {
  assert.equal(
    inHome("/home/al", `no /home/al/a, "/home/al" or --model=/home/al/b: file:///home/al/c`),
    `no ~/a, "~" or --model=~/b: file://~/c`,
  );
});

Deno.test("a folder whose name only begins or ends like one of them is left alone", () => {
  const others = "/home/alice/x /data/home/al/x /home/al-old/x";
  assert.equal(inHome("/home/al", others), others);
});

Deno.test("a home folder that is the root of all folders hides nothing", () => {
  assert.equal(
    inHome("/", "/models/m.gguf at http://127.0.0.1/v1"),
    "/models/m.gguf at http://127.0.0.1/v1",
  );
});

Deno.test("other text stays as it is", () => {
  assert.equal(portablePaths("--port 8001 --model org/model"), "--port 8001 --model org/model");
});

import assert from "node:assert/strict";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";

Deno.test("help is printed with exit code 0 and lists the options", async () => {
  const { code, stdout } = await run(["bench", "--help"]);
  assert.equal(code, 0);
  for (const option of ["--config", "--engine", "--prompts", "--output", "--dry-run"]) {
    assert.ok(stdout.includes(option), option);
  }
});

Deno.test("an argument too many is wrong usage", async () => {
  const { code, stderr } = await run(["bench", "configs/demo.yaml"]);
  assert.equal(code, 2);
  assert.match(stderr, /too many arguments/);
});

Deno.test("a summary or a report without a run folder is wrong usage", async () => {
  for (const command of ["summary", "report"]) {
    const { code, stderr } = await run([command]);
    assert.equal(code, 2);
    assert.match(stderr, /missing required argument|name a run folder/);
  }
});

Deno.test("a summary or a report of what is no run folder says what is missing", async () => {
  using folder = new TempFolder();
  for (const command of ["summary", "report"]) {
    const { code, stdout, stderr } = await run([command, folder.path]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.ok(stderr.startsWith(`error: ${folder.path}/manifest.json is missing`), stderr);
    assert.match(stderr, /is .* a run folder, as printed by "deno task bench"\?/);
  }
});

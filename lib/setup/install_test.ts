import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { install, type Step, withScratch } from "./install.ts";
import { SetupError } from "./python.ts";

/** Runs `body` with an engine cache of its own; `ran` lists the steps that ran, `said` the lines. */
async function withCache(
  body: (at: { folder: TempFolder; ran: string[]; said: string[] }) => Promise<void>,
) {
  using folder = new TempFolder();
  await withEnv(
    { BENCH_ENGINES_DIR: folder.file("cache") },
    () => body({ folder, ran: [], said: [] }),
  );
}

/** A step that is done once it has run, or from the beginning. */
function step(what: string, ran: string[], { done = false, fails = false } = {}): Step {
  return {
    what,
    into: `/cache/${what}`,
    download_mb: 0,
    disk_mb: 1500,
    isDone: () => Promise.resolve(done || ran.includes(what)),
    run() {
      if (fails) return Promise.reject(new SetupError(`${what} failed`));
      ran.push(what);
      return Promise.resolve();
    },
  };
}

const freeMb = () => Promise.resolve(5000);

Deno.test("steps that are not done run in their order, their sizes told before", () =>
  withCache(async ({ ran, said }) => {
    const steps = [step("a", ran), step("b", ran, { done: true }), step("c", ran)];
    steps[2]!.download_mb = 40;
    const say = (line: string) => said.push(line);
    await install(steps, { say, freeMb });
    assert.deepEqual(ran, ["a", "c"]);
    assert.deepEqual(said, [
      "to install:",
      "  a: no download, 1.5 GB on disk, into /cache/a",
      "  c: 40 MB to download, 1.5 GB on disk, into /cache/c",
      "  in all 3.0 GB on disk; 5.0 GB are free",
      "installing a",
      "  done in 0 s",
      "installing c",
      "  done in 0 s",
    ]);
    said.length = 0;
    await install(steps, { say, freeMb });
    assert.deepEqual([ran, said], [["a", "c"], []]);
  }));

Deno.test("a dry run tells the steps and makes nothing, not even the cache", () =>
  withCache(async ({ folder, ran, said }) => {
    await install([step("a", ran)], { say: (line) => said.push(line), dryRun: true });
    assert.match(said[1]!, /^ {2}a: no download, 1\.5 GB on disk/);
    assert.deepEqual(ran, []);
    assert.equal(existsSync(folder.file("cache")), false);
  }));

Deno.test("without room on the disk nothing begins, and the message says how much is missing", () =>
  withCache(async ({ folder, ran }) => {
    const steps = ["a", "b", "c", "d"].map((what) => step(what, ran));
    await assert.rejects(install(steps, { say: () => {}, freeMb }), (error: unknown) => {
      assert.ok(error instanceof SetupError);
      assert.match(
        error.message,
        /cache has 5\.0 GB free, 6\.0 GB are needed, .*BENCH_ENGINES_DIR/,
      );
      return true;
    });
    assert.deepEqual(ran, []);
    assert.equal(existsSync(folder.file("cache")), false);
  }));

Deno.test("a step that fails ends the setup; the next one does it and what follows", () =>
  withCache(async ({ ran }) => {
    const options = { say: () => {}, freeMb };
    const broken = [step("a", ran), step("b", ran, { fails: true }), step("c", ran)];
    await assert.rejects(install(broken, options), /b failed/);
    assert.deepEqual(ran, ["a"]);
    await install(["a", "b", "c"].map((what) => step(what, ran)), options);
    assert.deepEqual(ran, ["a", "b", "c"]);
  }));

Deno.test("of two setups at once only one does the work", () =>
  withCache(async ({ ran }) => {
    const options = { say: () => {}, freeMb };
    await Promise.all([0, 1].map(() => install([step("a", ran), step("b", ran)], options)));
    assert.deepEqual(ran, ["a", "b"]);
  }));

Deno.test("what a killed setup left in scratch folders is removed", () =>
  withCache(async ({ folder, ran }) => {
    Deno.mkdirSync(folder.file("cache/fetch-old/deep"), { recursive: true });
    const inScratch = { ...step("a", ran), run: () => withScratch(note) };
    const seen: string[] = [];
    const note = (path: string) => {
      seen.push(path);
      assert.ok(existsSync(path));
      return Promise.resolve();
    };
    await install([inScratch], { say: () => {}, freeMb });
    assert.equal(existsSync(folder.file("cache/fetch-old")), false);
    assert.equal(existsSync(seen[0]!), false);
  }));

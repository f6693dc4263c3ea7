import assert from "node:assert/strict";
import { TempFolder } from "@/test_servers/processes.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { findPython, run, SetupError } from "./python.ts";

/** Puts a program into the folder that acts as a Python of that version. */
function fakePython(folder: TempFolder, name: string, version: string, venv = true): string {
  const script = `#!/bin/sh
case "$2" in
  *version_info*) echo "${version}" ;;
  *venv*) ${venv ? "exit 0" : "exit 1"} ;;
esac
`;
  const path = folder.file(name, script);
  Deno.chmodSync(path, 0o755);
  return path;
}

const refusal = (message: RegExp) => (error: unknown) =>
  error instanceof SetupError && message.test(error.message);

Deno.test("without any Python the message says so and how to get one", async () => {
  using folder = new TempFolder();
  await withEnv({ PATH: folder.path }, () =>
    assert.rejects(
      findPython(),
      refusal(/^there is no python3 on the PATH; install Python 3\.10 or newer .*python3-venv/),
    ));
});

Deno.test("a Python that is too old is named with its version", async () => {
  using folder = new TempFolder();
  const old = fakePython(folder, "python3", "3 8");
  await withEnv(
    { PATH: folder.path },
    () =>
      assert.rejects(findPython(), refusal(new RegExp(`^${old} is 3\\.8; install Python 3\\.10`))),
  );
});

Deno.test("a Python without venv is named, with how to get it", async () => {
  using folder = new TempFolder();
  const bare = fakePython(folder, "python3", "3 11", false);
  await withEnv({ PATH: folder.path }, () =>
    assert.rejects(
      findPython(),
      refusal(new RegExp(`^${bare} lacks the venv module; install .*apt-get install python3-venv`)),
    ));
});

Deno.test("a fit Python is found behind ones that are too old, broken or without venv", async () => {
  using folder = new TempFolder();
  fakePython(folder, "python3", "3 9");
  Deno.chmodSync(folder.file("python3.13", "#!/bin/sh\nexit 127\n"), 0o755);
  fakePython(folder, "python3.12", "3 12", false);
  const fit = fakePython(folder, "python3.11", "3 11");
  await withEnv({ PATH: folder.path }, async () => assert.equal(await findPython(), fit));
});

Deno.test("an engine may ask for a newer Python than the oldest that would do", async () => {
  using folder = new TempFolder();
  const tooOld = fakePython(folder, "python3", "3 10");
  await withEnv({ PATH: folder.path }, async () => {
    assert.equal(await findPython(), tooOld);
    await assert.rejects(
      findPython([11, null]),
      refusal(new RegExp(`^${tooOld} is 3\\.10; install Python 3\\.11 or newer`)),
    );
  });
});

Deno.test("a Python 4.0 is new enough", async () => {
  using folder = new TempFolder();
  const fit = fakePython(folder, "python3", "4 0");
  await withEnv({ PATH: folder.path }, async () => assert.equal(await findPython(), fit));
});

Deno.test("a command gets the variables that are set for it", async () => {
  assert.equal(await run(["sh", "-c", 'echo "$ONE"'], { ONE: "1" }), "1\n");
});

Deno.test("a command that fails is told with its code and the end of its stderr", async () => {
  assert.equal(await run(["sh", "-c", "echo out"]), "out\n");
  await assert.rejects(
    run(["sh", "-c", "echo no space left >&2; exit 3"]),
    refusal(/^sh -c .* ended with 3\n {2}\| no space left$/s),
  );
});

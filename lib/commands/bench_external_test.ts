/** Whole runs of `bench` on servers that run already: TLS, proxies, replicas, keys. */
import assert from "node:assert/strict";
import { readWholeRun } from "@/records/testdata/whole_run.ts";
import { PROBE_REQUESTS } from "@/run/content_probe.ts";
import { Authority } from "@/test_servers/certificates.ts";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder, textOf } from "@/test_servers/processes.ts";
import { answerOf, GOOD, RawServer } from "@/test_servers/raw_server.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { external, study } from "@/test_servers/small_study.ts";

const failuresIn = (folder: TempFolder) =>
  readWholeRun(folder.file("run")).requests.map(({ failure }) => failure);

for (const trusted of ["ca_file", "the system's list"]) {
  Deno.test(`a whole run over https with a certificate signed by ${trusted}, past every proxy`, async () => {
    using folder = new TempFolder();
    const authority = await Authority.create(folder);
    const tls = await authority.issue();
    await using server = await RawServer.start({ answer: () => GOOD, tls });
    await using proxy = await RawServer.start({ answer: () => GOOD });
    const given = trusted === "ca_file";
    const settings = given ? { ca_file: authority.caFile } : {};
    const args = study(folder, { ext: external(server.baseUrl, settings) }, {
      concurrency_levels: [2],
    });
    const { origin } = new URL(proxy.baseUrl);
    const { code, stderr } = await run(args, {
      ...{ HTTPS_PROXY: origin, HTTP_PROXY: origin, ALL_PROXY: origin, https_proxy: origin },
      // Deno itself would look for a newer Deno through the proxy.
      DENO_NO_UPDATE_CHECK: "1",
      ...(given ? {} : { SSL_CERT_FILE: authority.caFile }),
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(failuresIn(folder), [null, null, null]);
    assert.deepEqual([server.requests, proxy.heads, proxy.connections], [
      1 + PROBE_REQUESTS + 3,
      [],
      0,
    ]);
  });
}

Deno.test("users are spread over replicas in turn, and the run names them", async () => {
  using folder = new TempFolder();
  await using first = await ScriptedServer.start();
  await using second = await ScriptedServer.start();
  const replicas = [first.baseUrl, second.baseUrl];
  const entry = { ...external(first.baseUrl), base_url: replicas };
  const levels = { concurrency_levels: [4], requests_per_level: 12 };
  const { code, stderr } = await run(study(folder, { ext: entry }, levels));
  assert.equal(code, 0, stderr);
  const { launches, requests } = readWholeRun(folder.file("run"));
  assert.deepEqual(launches[0]!.replicas, replicas);
  // Readiness asks each once, the probe three times on a connection of its own.
  assert.equal(first.requests + second.requests, 12 + 2 * (1 + PROBE_REQUESTS));
  const ofFirst = requests.filter(({ user_index }) => user_index! % 2 === 0).length;
  assert.equal(first.requests, ofFirst + 1 + PROBE_REQUESTS);
  assert.deepEqual([first.connections, second.connections], [1 + 1 + 1 + 2, 1 + 1 + 1 + 2]);
});

Deno.test("a key that a server repeats in an error is in no file and no message", async () => {
  using folder = new TempFolder();
  const refused = answerOf(
    '{"error":{"message":"sesame-4711 is out of credit"}}',
    "x: y",
    "402 No",
  );
  await using server = await RawServer.start({ answer: (n) => n === 1 ? GOOD : refused });
  const args = study(folder, { ext: external(server.baseUrl, { api_key_env: "TRIED_KEY" }) });
  const { code, stdout, stderr } = await run(args, { TRIED_KEY: "sesame-4711" });
  assert.equal(code, 1);
  assert.match(stderr, /HTTP 402: \(the key\) is out of credit/);
  const files = ["manifest.json", "journal.ndjson", "trials/b1-ext-prompts-c1.parquet"];
  for (const text of [stdout, stderr, ...files.map((name) => textOf(folder.file(`run/${name}`)))]) {
    assert.ok(!text.includes("sesame"));
  }
  assert.match(server.heads.at(-1)!, /authorization: Bearer sesame-4711/i);
});

import assert from "node:assert/strict";
import { parseConfig } from "@/config/read_config.ts";
import { Authority } from "@/test_servers/certificates.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { answerOf, GOOD, type RawScript, RawServer } from "@/test_servers/raw_server.ts";
import { ScriptedServer } from "@/test_servers/scripted_server.ts";
import { withEnv } from "@/test_servers/with_env.ts";
import { freePort } from "./port.ts";
import { launch } from "./launch.ts";

/** Launches an external entry; gives the server or the message with which it failed. */
async function start(entry: object) {
  using folder = new TempFolder();
  const engines = { e: { kind: "external", model: "m", ...entry } };
  const text = JSON.stringify({ engines, benchmark: { start_timeout_s: 5 } });
  const { config } = parseConfig(text, "study.json");
  const { signal } = new AbortController();
  return await launch({ config, entry: "e", cores: null, log: folder.file("log"), signal });
}

async function messageOf(entry: object): Promise<string> {
  const error = await start(entry).then(() => null, (error) => error as Error);
  assert.ok(error !== null, "it became ready");
  return error.message;
}

const good: RawScript["answer"] = () => GOOD;

Deno.test("a certificate of a given authority is trusted, and no other for its sake", async () => {
  using folder = new TempFolder();
  const authority = await Authority.create(folder);
  const { caFile: ca_file } = authority;
  await using server = await RawServer.start({ answer: good, tls: await authority.issue() });
  await start({ base_url: server.baseUrl, ca_file });
  assert.equal(server.requests, 1);
  using other = new TempFolder();
  const { caFile } = await Authority.create(other);
  assert.match(await messageOf({ base_url: server.baseUrl, ca_file: caFile }), /as ca_file/);
  assert.match(
    await messageOf({ base_url: server.baseUrl }),
    /^https:.*: its certificate is signed by nobody who is trusted here; .* ca_file$/,
  );
  assert.equal(server.requests, 1);
});

for (
  const [what, name, days, said] of [
    ["for another name", "DNS:other.example", 2, /its certificate is for another name; use a name/],
    ["out of date", "IP:127.0.0.1", -1, /its certificate has expired; renew it/],
  ] as const
) {
  Deno.test(`a certificate ${what} is refused at once and told as that`, async () => {
    using folder = new TempFolder();
    const authority = await Authority.create(folder);
    const tls = await authority.issue(name, days);
    await using server = await RawServer.start({ answer: good, tls });
    const message = await messageOf({ base_url: server.baseUrl, ca_file: authority.caFile });
    assert.match(message, said);
    assert.doesNotMatch(message, /not ready after/);
  });
}

Deno.test("a ca_file that is absent or holds no certificate is named", async () => {
  using folder = new TempFolder();
  const base_url = "https://127.0.0.1:1/v1";
  const missing = folder.file("no.pem");
  assert.match(
    await messageOf({ base_url, ca_file: missing }),
    /no\.pem does not exist; name a PEM/,
  );
  const empty = folder.file("empty.pem", "hello\n");
  assert.match(await messageOf({ base_url, ca_file: empty }), /holds no certificate in PEM form/);
});

Deno.test("http to a server that speaks https is told as a mistaken scheme", async () => {
  using folder = new TempFolder();
  const tls = await (await Authority.create(folder)).issue();
  await using server = await RawServer.start({ answer: good, tls });
  const base_url = server.baseUrl.replace("https:", "http:");
  assert.match(await messageOf({ base_url }), /is it http:\/\/ or https:\/\/ \?/);
});

Deno.test("https to a server that speaks http is told as that", async () => {
  await using server = await ScriptedServer.start();
  const base_url = server.baseUrl.replace("http:", "https:");
  assert.match(await messageOf({ base_url }), /it does not speak TLS here; is it http:\/\/ \?/);
});

Deno.test("a redirect of completions is not followed, and where it points is told", async () => {
  const moved = answerOf("", "location: https://new.example/v1", "308 Permanent Redirect");
  await using server = await RawServer.start({ answer: () => moved });
  const message = await messageOf({ base_url: server.baseUrl });
  assert.match(
    message,
    /answered 308 and points to https:\/\/new\.example\/v1; put that into base/,
  );
  assert.equal(server.requests, 1);
});

Deno.test("every replica is asked, and the one that does not answer is named", async () => {
  await using first = await RawServer.start({ answer: good });
  await using second = await RawServer.start({ answer: good });
  const { baseUrl, replicas } = await start({ base_url: [`${first.baseUrl}/`, second.baseUrl] });
  assert.equal(baseUrl, first.baseUrl);
  assert.deepEqual(replicas, [first.baseUrl, second.baseUrl]);
  assert.deepEqual([first.requests, second.requests], [1, 1]);
  const gone = `http://127.0.0.1:${freePort(undefined)}/v1`;
  const message = await messageOf({ base_url: [first.baseUrl, gone] });
  assert.ok(message.startsWith(`${gone}: not ready`), message);
});

Deno.test("a key that the server repeats is not repeated here", async () => {
  const refused = answerOf('{"error":{"message":"no seats for sk-4711"}}', "x: y", "429 Too Many");
  await using server = await RawServer.start({ answer: () => refused });
  await withEnv({ BENCH_TEST_KEY: "sk-4711" }, async () => {
    const message = await messageOf({ base_url: server.baseUrl, api_key_env: "BENCH_TEST_KEY" });
    assert.match(message, /429: no seats for \(the key\)/);
    assert.doesNotMatch(message, /4711/);
  });
});

for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) {
  Deno.test(`readiness goes straight to the server although ${name} is set`, async () => {
    await using proxy = await RawServer.start({ answer: good });
    await using server = await RawServer.start({ answer: good });
    await withEnv({ [name]: new URL(proxy.baseUrl).origin }, async () => {
      await start({ base_url: server.baseUrl });
    });
    assert.deepEqual([proxy.connections, server.requests], [0, 1]);
  });
}

Deno.test("a remote server that is not reached is not asked through a proxy, and that is said", async () => {
  await using proxy = await RawServer.start({ answer: good });
  await withEnv({ HTTP_PROXY: new URL(proxy.baseUrl).origin }, async () => {
    const message = await messageOf({ base_url: "http://server.invalid/v1" });
    assert.match(message, /its name cannot be resolved.*HTTP_PROXY is set and was not used/);
  });
  assert.equal(proxy.connections, 0);
});

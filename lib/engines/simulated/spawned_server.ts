/** Starts the simulated engine as the process that it is; only tests use it. */
import { join } from "node:path";
import type { TruthRecord } from "./truth_log.ts";

const PERMISSIONS = ["--allow-net=127.0.0.1", "--allow-read", "--allow-write", "--no-lock"];
const START_TIMEOUT_MS = 30_000;

export interface SpawnedServer extends AsyncDisposable {
  /** The line that it printed. */
  line: string;
  url: string;
  /** Waits until the truth log has that many records. */
  truth(count: number): Promise<TruthRecord[]>;
}

function command(args: string[]): Deno.Command {
  const serve = join(import.meta.dirname!, "serve.ts");
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...PERMISSIONS, serve, ...args],
    stdout: "piped",
    stderr: "piped",
  });
}

/** For a server that is expected to end by itself. */
export async function endedServer(...args: string[]) {
  const { code, stdout, stderr } = await command(args).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

export async function spawnServer(...args: string[]): Promise<SpawnedServer> {
  const truthFile = await Deno.makeTempFile({ suffix: ".ndjson" });
  const child = command([...args, "--truth", truthFile]).spawn();
  const line = await firstLine(child.stdout);
  return {
    line,
    url: line.slice(line.indexOf("http://")),
    truth: (count) => recordsOf(truthFile, count),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.stderr.cancel();
      await child.status;
      await Deno.remove(truthFile);
    },
  };
}

async function firstLine(stdout: ReadableStream<Uint8Array>): Promise<string> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream(), { signal })) {
    text += chunk;
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  throw new Error(`the server ended before it was ready; it printed "${text}"`);
}

async function recordsOf(file: string, count: number): Promise<TruthRecord[]> {
  for await (const _ of pollUntil(Date.now() + START_TIMEOUT_MS)) {
    const lines = (await Deno.readTextFile(file)).split("\n").slice(0, -1);
    if (lines.length >= count) return lines.map((line) => JSON.parse(line));
  }
  throw new Error(`${file} did not reach ${count} records in ${START_TIMEOUT_MS} ms`);
}

async function* pollUntil(deadlineMs: number): AsyncGenerator<void> {
  while (Date.now() < deadlineMs) {
    yield;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

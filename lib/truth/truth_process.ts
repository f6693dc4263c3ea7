/** Starts the known-truth server as a process of its own and asks it for its log. */
import { join } from "node:path";
import { Client } from "undici";
import type { TruthScript } from "./script.ts";
import type { TruthRecord, TruthServerUse } from "./truth_record.ts";

const PERMISSIONS = ["--allow-net=127.0.0.1", "--no-lock", "--no-prompt"];
const START_TIMEOUT_MS = 30_000;

export interface TruthProcessOptions {
  /** Awake so long before each token is due. */
  spin_ms?: number;
  /** Core list for `taskset`; null leaves it on all cores. */
  cores?: string | null;
  script?: Partial<TruthScript>;
}

export interface TruthProcess extends AsyncDisposable {
  /** Root of its API. */
  baseUrl: string;
  pid: number;
  /** Records of answers that have ended, of requests after that number; it forgets earlier ones. */
  records(after: number): Promise<TruthRecord[]>;
  use(): Promise<TruthServerUse>;
  stop(): Promise<void>;
}

/** Starts it and waits for its address. Throws when it does not come up. */
export async function startTruthServer(options: TruthProcessOptions = {}): Promise<TruthProcess> {
  const { spin_ms = 0, cores = null, script = {} } = options;
  const serve = join(import.meta.dirname!, "serve.ts");
  const argv = [
    ...(cores === null ? [] : ["taskset", "-c", cores]),
    ...[Deno.execPath(), "run", "--quiet", ...PERMISSIONS, serve],
    ...["--spin-ms", String(spin_ms), "--script", JSON.stringify(script)],
  ];
  const child = new Deno.Command(argv[0]!, {
    args: argv.slice(1),
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let stopped: Promise<void> | null = null;
  const origin = await address(child.stdout).catch(async (error) => {
    await end(child);
    throw error;
  });
  // Not `fetch`, which goes by way of a proxy where one is set.
  const client = new Client(origin);
  const ask = async (path: string) => {
    const { statusCode, body } = await client.request({ path, method: "GET" });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`the known-truth server: ${statusCode} to ${path}`);
    return text;
  };
  const stop = () => stopped ??= client.destroy().then(() => end(child));
  return {
    baseUrl: `${origin}/v1`,
    pid: child.pid,
    records: async (after) =>
      (await ask(`/truth?after=${after}`)).split("\n").filter((line) => line !== "")
        .map((line) => JSON.parse(line) as TruthRecord),
    use: async () => JSON.parse(await ask("/use")) as TruthServerUse,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** It ends when its standard input does. */
async function end(child: Deno.ChildProcess): Promise<void> {
  await child.stdin.close().catch(() => {});
  await child.status;
}

async function address(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream(), { signal })) {
    text += part;
    const [, origin] = text.match(/(http:\/\/127\.0\.0\.1:\d+)\n/) ?? [];
    if (origin !== undefined) return origin;
  }
  throw new Error(`the known-truth server ended before it was ready; it printed "${text}"`);
}

/**
 * The truth server in C as a process for each load: it has no answer but its streams, and writes its
 * log when it ends. Its times are those of the machine's monotonic clock.
 */
import { join } from "node:path";
import type { TruthRecord } from "./truth_record.ts";
import type { ServedTimes, TruthSource } from "./truth_source.ts";

/** `program` is `truth_server.c`, built; logs go to `folder`. `cores`: a list for `taskset`, or null. */
export function nativeTruthSource(
  { program, folder, cores }: { program: string; folder: string; cores: string | null },
): TruthSource {
  let open: NativeServer | null = null;
  let served = 0;
  return {
    language: "c",
    async serve(times) {
      await open?.stop();
      const log = join(folder, `truth-${++served}.txt`);
      const server = startNativeServer({ program, log, cores, ...times });
      open = server;
      return {
        baseUrl: `http://127.0.0.1:${await server.port}/v1`,
        async records() {
          await server.stop();
          const text = await Deno.readTextFile(log);
          await Deno.remove(log);
          return nativeRecords(text, times);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await open?.stop();
    },
  };
}

export interface NativeServer {
  /** Rejects when it ends before it has told its port. */
  port: Promise<string>;
  /** It writes its log and ends when its standard input is closed. Rejects when it failed. */
  stop(): Promise<void>;
}

/** Starts the program; see its head for what the options mean. */
export function startNativeServer(
  { program, log, cores, mode, ttft_ms, token_ms }: ServedTimes & {
    program: string;
    log: string;
    cores: string | null;
  },
): NativeServer {
  const options = { "ttft-ms": ttft_ms, "gap-ms": token_ms, mode, log };
  const argv = [
    ...(cores === null ? [] : ["taskset", "-c", cores]),
    program,
    ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  ];
  const child = new Deno.Command(argv[0]!, {
    args: argv.slice(1),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  let stopped: Promise<void> | null = null;
  const stop = async () => {
    await child.stdin.close().catch(() => {});
    const { success, code } = await child.status;
    if (!success) throw new Error(`the truth server in C ended with ${code}`);
  };
  return { port: firstLine(child.stdout), stop: () => stopped ??= stop() };
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) return text.split("\n")[0]!;
  }
  throw new Error("the truth server in C did not tell its port");
}

/** A line a request: its number, when the kernel had it, when its first token was due, each sent. */
export function nativeRecords(log: string, { token_ms }: Pick<ServedTimes, "token_ms">) {
  return log.split("\n").filter((line) => line !== "").map((line): TruthRecord => {
    const [request, received_ms, first_due_ms, ...sent_ms] = line.split(" ").map(Number);
    return {
      request: request!,
      received_ms: received_ms!,
      due_ms: sent_ms.map((_, i) => first_due_ms! + i * token_ms),
      sent_ms,
      tokens: sent_ms.map(() => 1),
      write_ms_max: 0,
      outcome: "sent",
    };
  });
}

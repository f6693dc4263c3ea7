/**
 * A known-truth LLM server: OpenAI-compatible, batches continuously, speaks one engine's wire format,
 * computes nothing. It says everywhere that it is simulated.
 */
import type { AddressInfo } from "node:net";
import { type Options, readOptions } from "./options.ts";
import { simulatedServer } from "./server.ts";
import { openTruthLog } from "./truth_log.ts";

const SLOW_START_MS = 2000;

async function main(): Promise<void> {
  const options = optionsOrExit();
  await showStartFault(options);
  const server = simulatedServer(options, openTruthLog(options.truth));
  server.on("error", (error) => exit(1, `cannot serve: ${error.message}`));
  server.listen(options.port, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    const what = `simulated ${options.wire.name} server, model ${options.model}`;
    console.log(`${what}, listening on http://127.0.0.1:${port}`);
  });
  Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
}

function optionsOrExit(): Options {
  try {
    return readOptions(Deno.args);
  } catch (error) {
    return exit(2, (error as Error).message);
  }
}

async function showStartFault({ fault }: Options): Promise<void> {
  if (fault.start === "exit-at-start") exit(3, "simulated fault: exit-at-start");
  if (fault.start === "slow-start") {
    await new Promise((resolve) => setTimeout(resolve, SLOW_START_MS));
  }
}

function exit(code: number, message: string): never {
  console.error(`simulated server: ${message}`);
  Deno.exit(code);
}

if (import.meta.main) await main();

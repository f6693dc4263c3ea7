/**
 * A program in the place of an engine's own: takes the flags that were recorded of that version and
 * no others, logs a start on a GPU in the engine's words, serves its wire format. It loads no model
 * and uses no GPU; sizes in its log are its own, which are none.
 *
 *   stand_in.ts vllm|sglang|trtllm-serve ARGS…     see the .sh files, which entries name as `executable`
 *
 * STAND_IN_FAULT=port-taken makes it wait, once it has loaded, until something else has its port.
 */
import type { AddressInfo } from "node:net";
import { readCommandLine } from "@/engines/flags/command_line_flags.ts";
import { recordedFlags } from "@/engines/flags/recorded_flags.ts";
import { readOptions } from "@/engines/simulated/options.ts";
import { helpText, parserError } from "./parser_words.ts";
import { sglangStandIn } from "./sglang_stand_in.ts";
import { StandInServer } from "./stand_in_server.ts";
import { type Settings, settingsOf, type StandIn } from "./stand_in_settings.ts";
import { trtllmServeStandIn } from "./trtllm_serve_stand_in.ts";
import { vllmStandIn } from "./vllm_stand_in.ts";

const STAND_INS: Record<string, StandIn> = {
  "vllm": vllmStandIn,
  "sglang": sglangStandIn,
  "trtllm-serve": trtllmServeStandIn,
};

async function main([name = "", command, ...args]: string[]): Promise<void> {
  const standIn = STAND_INS[name];
  if (standIn === undefined) end(2, `known: ${Object.keys(STAND_INS).join(", ")}`);
  const { title, version } = standIn;
  if (command === standIn.versionCommand) return console.log(title);
  if (command !== "serve") end(2, `${title} knows only \`${name} serve\``);
  const table = recordedFlags(standIn.program, version)!;
  const line = readCommandLine(args, table);
  const asksHelp = args.some((arg) => /^(-h|--help(=.*)?)$/.test(arg));
  if (asksHelp) return console.log(helpText(standIn, table));
  console.log(`${title}: no model is loaded, no GPU is used, all text is simulated`);
  const refusal = parserError(standIn, args, line);
  if (refusal !== null) end(2, refusal);
  const settings = settingsOf(standIn, line);
  await serve(standIn, settings);
}

async function serve(standIn: StandIn, settings: Settings): Promise<void> {
  const { port, model } = settings;
  if (standIn.bindsFirst && isTaken(port)) end(1, standIn.portTaken(settings).join("\n"));
  print(standIn.startLog(settings));
  if (Deno.env.get("STAND_IN_FAULT") === "port-taken") await untilTaken(port);
  const options = readOptions([
    ...["--port", String(port), "--wire", standIn.wire, "--model", model],
    ...["--max-sequences", String(settings.maxSequences)],
    ...["--kv-capacity-tokens", String(settings.kvTokens)],
    ...["--prefill-ms-per-token", "0.02", "--decode-ms-base", "2"],
  ]);
  const server = new StandInServer(standIn, settings, options);
  server.http.on("error", (error: Error & { code?: string }) => {
    if (error.code !== "EADDRINUSE") end(1, error.message);
    print(standIn.portTaken(settings));
    standIn.endWithPortTaken();
  });
  server.http.listen(port, settings.host, () => {
    print(standIn.readyLog({ ...settings, port: (server.http.address() as AddressInfo).port }));
  });
  Deno.addSignalListener("SIGTERM", () => void server.terminate());
}

function print(lines: string[]): void {
  for (const line of lines) console.log(line);
}

function end(code: number, message: string): never {
  console.error(message);
  Deno.exit(code);
}

function isTaken(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return false;
  } catch {
    return true;
  }
}

const TAKEN_TIMEOUT_MS = 30_000;

async function untilTaken(port: number): Promise<void> {
  const deadline = performance.now() + TAKEN_TIMEOUT_MS;
  while (!isTaken(port)) {
    if (performance.now() > deadline) end(1, `nothing took port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

await main(Deno.args);

/**
 * The known-truth server as a program: prints its address and ends when its standard input does, so
 * that it never outlives whoever started it.
 *
 *   deno run --allow-net=127.0.0.1 lib/truth/serve.ts [--port N] [--spin-ms MS] [--script JSON]
 */
import { parseArgs } from "node:util";
import { readScript } from "./script.ts";
import { TruthServer } from "./server.ts";

function start(): TruthServer {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: "string", default: "0" },
        "spin-ms": { type: "string", default: "0" },
        script: { type: "string", default: "{}" },
      },
    });
    return new TruthServer({
      port: Number(values.port),
      spin_ms: Number(values["spin-ms"]),
      script: readScript(JSON.parse(values.script)),
    });
  } catch (error) {
    console.error(`known-truth server: ${(error as Error).message}`);
    Deno.exit(2);
  }
}

if (import.meta.main) {
  console.log(`known-truth server, listening on http://127.0.0.1:${start().port}`);
  await Deno.stdin.readable.pipeTo(new WritableStream()).catch(() => {});
  Deno.exit(0);
}

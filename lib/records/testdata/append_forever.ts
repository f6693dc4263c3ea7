/** Appends requests to the journal named on the command line and says each one's number once it is handed over. */
import { Journal } from "@/records/journal.ts";
import { request } from "./sample_records.ts";

const journal = new Journal(Deno.args[0]!);
const encoder = new TextEncoder();
for (let request_index = 0;; request_index++) {
  journal.append({ type: "request", ...request({ request_index }) });
  Deno.stdout.writeSync(encoder.encode(`${request_index}\n`));
}

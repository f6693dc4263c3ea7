/** A program that starts a supervised process (LOG COMMAND...) and waits; tests kill it with -9. */
import { startProcess } from "@/engines/supervised_process.ts";

const [log, ...argv] = Deno.args as [string, ...string[]];
const { pid, exited } = await startProcess({ argv }, { log, cores: null, grace_s: 1 });
console.log(pid);
await exited;

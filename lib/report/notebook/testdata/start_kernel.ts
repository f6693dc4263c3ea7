/** Starts a kernel, prints its process id and waits for ever: the test kills this process. */
import { startKernel } from "@/report/notebook/kernel.ts";

const kernel = await startKernel({ cwd: import.meta.dirname! });
console.log(kernel.pid);
await kernel.execute("await new Promise(() => {})", 60_000);

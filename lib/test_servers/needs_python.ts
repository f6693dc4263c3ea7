/** For tests of the real engine, which needs a Python: they run where one is, and say so where none is. */
import { findPython } from "@/setup/python.ts";

const reason = await findPython().then(() => null, (error: Error) => error.message);

/**
 * Declares a test that needs Python ≥ 3.10 with venv. Without one the test is listed as ignored and
 * the reason is printed; on CI (`CI=true`) it fails instead, so that nothing is left out unseen.
 */
export function testWithPython(name: string, run: () => Promise<void>): void {
  if (reason !== null) console.warn(`not run, because ${reason}: ${name}`);
  const body = reason === null ? run : () => Promise.reject(new Error(`not run: ${reason}`));
  Deno.test({ name, ignore: reason !== null && Deno.env.get("CI") !== "true", fn: body });
}

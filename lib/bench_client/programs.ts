/** The C programs, built where there is a compiler. */
import { join } from "node:path";
import { findProgram } from "@/engines/programs.ts";

export interface Programs {
  /** Paths of `truth_server.c` and `floor_client.c`, built. */
  truth: string;
  floor: string;
}

/** Builds both into `folder`. Throws with what to do where it cannot be done. */
export async function buildPrograms(folder: string): Promise<Programs> {
  if (await findProgram("cc") === null) {
    throw new Error(
      `${NO_COMPILER}, so nothing can be said of the client: a server written in Deno is late ` +
        `itself at these loads. ${WHERE_FROM}`,
    );
  }
  return {
    truth: await build(folder, "truth_server"),
    floor: await build(folder, "floor_client"),
  };
}

/** The truth server alone, into `folder`; gives its path, or why there is none and what to do. */
export async function buildTruthServer(
  folder: string,
): Promise<{ program: string } | { why: string }> {
  if (await findProgram("cc") === null) return { why: `${NO_COMPILER}; ${WHERE_FROM}` };
  try {
    return { program: await build(folder, "truth_server") };
  } catch {
    // What the compiler says names folders of this machine.
    return { why: "cc could not build truth_server.c; it is written for Linux" };
  }
}

const NO_COMPILER = "there is no C compiler (cc)";
const WHERE_FROM = "`apt install gcc libc6-dev` brings one";

async function build(folder: string, name: string): Promise<string> {
  const program = join(folder, name);
  const args = ["-O2", "-o", program, join(import.meta.dirname!, `${name}.c`)];
  const { success, stderr } = await new Deno.Command("cc", { args }).output();
  if (!success) {
    throw new Error(`cc could not build ${name}.c:\n${new TextDecoder().decode(stderr)}`);
  }
  return program;
}

/** Programs of this machine, asked one at a time; a test has its own. */
export interface Answer {
  success: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; null where there is no such program. */
export type Probe = (program: string, ...args: string[]) => Promise<Answer | null>;

export const thisMachine: Probe = async (program, ...args) => {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
    return { success, stdout: text(stdout), stderr: text(stderr) };
  } catch {
    return null;
  }
};

/** A file's text without the ends; null if it cannot be read. By `cat`: Deno reads /sys only with every permission. */
export async function fileText(probe: Probe, path: string): Promise<string | null> {
  const answer = await probe("cat", path);
  return answer?.success ? answer.stdout.trim() : null;
}

/** What a kernel sent → the outputs that a notebook stores. */
import type { KernelOutput } from "./kernel.ts";
import type { MimeBundle, Output } from "./notebook_file.ts";

/**
 * Collects the outputs of a notebook's cells in order. Displays that were sent with an id stay
 * known, since a later cell may update them where they stand.
 */
export class OutputCollector {
  private readonly shown = new Map<string, { data: MimeBundle; metadata: MimeBundle }[]>();

  /** The outputs of one cell. */
  collect(messages: KernelOutput[]): Output[] {
    const outputs: Output[] = [];
    let clearsBeforeNext = false;
    for (const message of messages) {
      if (message.type === "clear_output") {
        clearsBeforeNext = message.content["wait"] === true;
        if (!clearsBeforeNext) outputs.length = 0;
        continue;
      }
      if (clearsBeforeNext) outputs.length = 0;
      clearsBeforeNext = false;
      this.add(outputs, message);
    }
    return outputs;
  }

  private add(outputs: Output[], { type, content }: KernelOutput): void {
    if (type === "stream") {
      addText(outputs, String(content["name"]), String(content["text"]));
    } else if (type === "error") {
      outputs.push(errorOutput(content));
    } else if (type === "update_display_data") {
      for (const output of this.shown.get(displayId(content)) ?? []) {
        Object.assign(output, richParts(content));
      }
    } else if (type === "display_data" || type === "execute_result") {
      const output = { output_type: type, ...richParts(content) };
      outputs.push(output);
      const id = displayId(content);
      if (id !== "") this.shown.set(id, [...this.shown.get(id) ?? [], output]);
    }
  }
}

/** The kernel sends one message a `console.log`: a run of them is one output. */
function addText(outputs: Output[], name: string, text: string): void {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += text;
  else outputs.push({ output_type: "stream", name, text });
}

function errorOutput(content: Record<string, unknown>): Output {
  return {
    output_type: "error",
    ename: String(content["ename"]),
    evalue: String(content["evalue"]),
    traceback: Array.isArray(content["traceback"]) ? content["traceback"].map(String) : [],
  };
}

function richParts(content: Record<string, unknown>): { data: MimeBundle; metadata: MimeBundle } {
  return {
    data: content["data"] as MimeBundle,
    metadata: (content["metadata"] ?? {}) as MimeBundle,
  };
}

function displayId(content: Record<string, unknown>): string {
  return String(
    (content["transient"] as Record<string, unknown> | undefined)?.["display_id"] ?? "",
  );
}

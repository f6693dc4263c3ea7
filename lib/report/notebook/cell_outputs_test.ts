import assert from "node:assert/strict";
import { OutputCollector } from "./cell_outputs.ts";
import type { KernelOutput } from "./kernel.ts";

Deno.test("a run of messages to one stream is one output; the other stream begins a new one", () => {
  const outputs = new OutputCollector().collect([
    text("stdout", "a\n"),
    text("stdout", "b\n"),
    text("stderr", "c\n"),
    text("stdout", "d\n"),
  ]);
  assert.deepEqual(outputs, [
    { output_type: "stream", name: "stdout", text: "a\nb\n" },
    { output_type: "stream", name: "stderr", text: "c\n" },
    { output_type: "stream", name: "stdout", text: "d\n" },
  ]);
});

Deno.test("an update changes the display where it stands, from a later cell as well", () => {
  const collector = new OutputCollector();
  const first = collector.collect([display("display_data", "0 of 2", "p"), text("stdout", "x")]);
  const second = collector.collect([display("update_display_data", "2 of 2", "p")]);
  assert.deepEqual(first[0], {
    output_type: "display_data",
    data: { "text/plain": "2 of 2" },
    metadata: {},
  });
  assert.equal(first.length, 2);
  assert.deepEqual(second, []);
});

Deno.test("clear_output empties the cell at once, or with the next output when told to wait", () => {
  const now = { type: "clear_output", content: { wait: false } } as const;
  const later = { type: "clear_output", content: { wait: true } } as const;
  const count = (...messages: KernelOutput[]) => new OutputCollector().collect(messages).length;
  assert.equal(count(text("stdout", "a"), now), 0);
  assert.equal(count(text("stdout", "a"), later), 1);
  assert.equal(count(text("stdout", "a"), text("stderr", "b"), later, text("stdout", "c")), 1);
});

Deno.test("an error keeps its traceback", () => {
  const content = { ename: "E", evalue: "bad", traceback: ["E: bad"] };
  assert.deepEqual(new OutputCollector().collect([{ type: "error", content }]), [
    { output_type: "error", ...content },
  ]);
});

function text(name: string, text: string): KernelOutput {
  return { type: "stream", content: { name, text } };
}

function display(type: KernelOutput["type"], text: string, id: string): KernelOutput {
  const data = { "text/plain": text };
  return { type, content: { data, metadata: {}, transient: { display_id: id } } };
}

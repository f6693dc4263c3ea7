import assert from "node:assert/strict";
import { join } from "node:path";
import { findPython } from "@/setup/python.ts";
import { testWithPython } from "./needs_python.ts";

const SHIM = join(import.meta.dirname!, "sgl_kernel_shim");

async function python(code: string) {
  const command = new Deno.Command(await findPython(), {
    args: ["-c", code],
    env: { PYTHONPATH: SHIM, PYTHONDONTWRITEBYTECODE: "1" },
  });
  const { code: exit, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { exit, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

testWithPython("whatever SGLang imports of its kernels can be imported", async () => {
  const { exit, stdout, stderr } = await python(
    "import sgl_kernel, sgl_kernel.quantization.gguf as g\n" +
      "from sgl_kernel.scalar_type import scalar_types\n" +
      "types = [scalar_types.uint4b8, g.anything]\n" +
      "print(sgl_kernel.__version__, hasattr(sgl_kernel, '__nothing__'))",
  );
  assert.equal(exit, 0, stderr);
  assert.equal(stdout, "0.4.10 False\n");
});

testWithPython(
  "a kernel that is called says which one is missing, and does not compute",
  async () => {
    const { exit, stderr } = await python("import sgl_kernel\nsgl_kernel.moe.topk_softmax(1)");
    assert.equal(exit, 1);
    assert.match(stderr, /RuntimeError: sgl_kernel\.moe\.topk_softmax was called/);
  },
);

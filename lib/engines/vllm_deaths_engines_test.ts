/** Processes of the real vLLM killed while it serves: what its clients see, and what the run records. */
import assert from "node:assert/strict";
import { groupOf, membersOf, TempFolder, textOf, until } from "@/test_servers/processes.ts";
import { installVllm, runSmall, START_TIMEOUT_S, vllmOnCpu } from "@/test_servers/real_engines.ts";

/** The run's server, once it is ready. */
function readyServer(folder: TempFolder): { base_url: string; pid: number } | undefined {
  return textOf(folder.file("run/journal.ndjson")).split("\n").slice(0, -1)
    .map((line) => JSON.parse(line))
    .find(({ type, outcome }) => type === "launch" && outcome === "ready");
}

/** Body of a streamed answer; `onText` is called once, when its first text has come. */
async function streamed(base_url: string, onText: () => void): Promise<string> {
  const body = {
    model: "SmolLM2-135M-Instruct",
    messages: [{ role: "user", content: "Tell me a long story." }],
    max_tokens: 1900,
    ignore_eos: true,
    stream: true,
  };
  const answer = await fetch(`${base_url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  let seen = "";
  let called = false;
  for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
    seen += text;
    if (called || !/"content":"[^"]/.test(seen)) continue;
    called = true;
    onText();
  }
  return seen;
}

for (const victim of ["VLLM::EngineCore", "VLLM::Worker"]) {
  Deno.test(`${victim} killed while vLLM serves: an error in each stream, and the launch has died`, async () => {
    await installVllm();
    using folder = new TempFolder();
    // One level follows the one in which it dies.
    const levels = { concurrency_levels: [2, 3], requests_per_level: 8, warmup_requests: 0 };
    const parts = { engines: { vllm: vllmOnCpu() }, benchmark: { ...levels, max_tokens: 1500 } };
    const running = runSmall(folder, parts, ["Name three colours.", "Why do cats purr?"]);
    const { base_url, pid } = await until(
      "vLLM is ready",
      () => readyServer(folder),
      START_TIMEOUT_S,
    );
    const log = () => textOf(folder.file("run/logs/b1-vllm.log"));
    // Not one of the single questions that are asked before the trial.
    await until(
      "the trial's requests are in flight",
      () => log().includes("Running: 2 reqs"),
      START_TIMEOUT_S,
    );
    const group = groupOf(pid)!;
    const answer = await streamed(base_url, () => {
      const { pid } = membersOf(group).find(({ command }) => command.startsWith(victim))!;
      Deno.kill(pid, "SIGKILL");
    });
    const frames = answer.trimEnd().split("\n\n");
    assert.match(frames.at(-2)!, /^data: \{"error": ?\{"message": ?"EngineCore encountered/);
    assert.equal(frames.at(-1), "data: [DONE]");

    const { result, data } = await running;
    assert.equal(result.finished, 0);
    assert.deepEqual(membersOf(group), []);
    const [launch] = data.launches;
    assert.deepEqual([launch!.outcome, launch!.exit, launch!.failure], [
      "died",
      "exit 0",
      "engine_core_died",
    ]);
    assert.match(launch!.error!, /^the server failed: its engine process died; look for the first/);
    assert.deepEqual(data.trials.map(({ outcome }) => outcome), ["failed", "failed"]);
    assert.match(data.trials[1]!.error!, /^nothing was sent, since the server had ended before/);
    const kinds = new Set(data.requests.map(({ failure }) => failure));
    assert.ok(kinds.has("in_stream_error"), `${[...kinds]}`);
  });
}

/** Studies whose lengths are given in tokens: what is refused before anything starts, and what is measured. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { run } from "@/test_servers/command_line.ts";
import { TempFolder } from "@/test_servers/processes.ts";
import { journal, summaryOf } from "@/test_servers/small_study.ts";

const STUDY = (workload: string, engine = "{ kind: simulated, wire: vllm }") =>
  `engines:
  e: ${engine}
workloads:
  w: ${workload}
benchmark: { concurrency_levels: [2], requests_per_level: 8, warmup_requests: 4, blocks: 1 }
`;

async function bench(folder: TempFolder, text: string, ...args: string[]) {
  const path = folder.file("study.yaml", text);
  return await run(["bench", "--config", path, "--output", folder.file("run"), ...args]);
}

const REFUSED: Record<string, { study: string; said: RegExp }> = {
  "prompts and answers longer than the context": {
    study: STUDY(
      "{ kind: synthetic, input_tokens: 900, output_tokens: 200 }",
      "{ kind: simulated, wire: vllm, kv_capacity_tokens: 1000 }",
    ),
    said: /study\.yaml:4:6 workloads\.w: takes up to 1100 tokens.*"e" has a context of 1000; ask/,
  },
  "prompts shorter than the chat template": {
    study: STUDY("{ kind: synthetic, input_tokens: 5 }"),
    said:
      /study\.yaml:4:6 workloads\.w: asks for prompts of 5 tokens.*take 8; ask for more, or use/,
  },
  "a tokenizer that is not there": {
    study: STUDY(
      "{ kind: synthetic, input_tokens: 50 }",
      "{ kind: external, base_url: 'http://127.0.0.1:1/v1', model: m, tokenizer: /nowhere }",
    ),
    said:
      /study\.yaml:2:\d+ engines\.e\.tokenizer: \/nowhere\/tokenizer_config\.json: is not there/,
  },
  "a category that the prompts file lacks": {
    study: STUDY("{ categories: [shorts] }"),
    said: /study\.yaml:4:20 workload "w" names shorts, but the prompts file has .*short/,
  },
};

for (const [what, { study, said }] of Object.entries(REFUSED)) {
  Deno.test(`${what}: refused at its place before anything starts`, async () => {
    using folder = new TempFolder();
    const { code, stderr } = await bench(folder, study);
    assert.equal(code, 2, stderr);
    assert.match(stderr, said);
    assert.equal(existsSync(folder.file("run")), false);
  });
}

Deno.test("a dry run tells the lengths", async () => {
  using folder = new TempFolder();
  const study = STUDY("{ kind: multi_turn, turns: 3, first_turn_tokens: 60, turn_tokens: 12 }");
  const { code, stdout, stderr } = await bench(folder, study, "--dry-run");
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /w, 2 at a time: 8 .*3 turns, 60 tokens, then 12 a turn, and 256 output tokens each/,
  );
});

Deno.test("the server counts each prompt as it was asked for, over both APIs", async () => {
  for (const api of ["chat", "completions"]) {
    using folder = new TempFolder();
    const lengths = "{ distribution: uniform, min: 20, max: 300 }";
    const { code, stderr } = await bench(
      folder,
      STUDY(`{ kind: synthetic, api: ${api}, input_tokens: ${lengths}, output_tokens: 5 }`),
    );
    assert.equal(code, 0, stderr);
    const records = journal(folder, "request");
    assert.equal(records.length, 12);
    for (const record of records) {
      assert.equal(record.failure, null);
      assert.equal(record.prompt_tokens, record.asked_prompt_tokens);
      assert.equal(record.output_tokens, record.max_tokens);
    }
    assert.equal(journal(folder, "trial")[0]!.template_tokens, api === "chat" ? 7 : 0);
    const { rows } = await summaryOf(folder);
    assert(!rows[0].reasons.some((reason: string) => reason.startsWith("prompt_tokens")));
  }
});

Deno.test("a conversation's prompts grow by its answers", async () => {
  using folder = new TempFolder();
  const study = STUDY(
    "{ kind: multi_turn, turns: 4, first_turn_tokens: 40, turn_tokens: 10, output_tokens: 6 }",
  );
  const { code, stderr } = await bench(folder, study);
  assert.equal(code, 0, stderr);
  const measured = journal(folder, "request").filter(({ phase }) => phase === "measured");
  const turns = Map.groupBy(measured, ({ prompt_id }) => prompt_id.split("/")[0]!);
  assert.equal(turns.size, 2);
  for (const records of turns.values()) {
    const byTurn = records.toSorted((a, b) => a.sent_ms - b.sent_ms);
    assert.equal(byTurn.length, 4);
    for (const [i, { prompt_tokens, user_index }] of byTurn.entries()) {
      if (i === 0) {
        assert.equal(prompt_tokens, 40);
        continue;
      }
      assert.equal(user_index, byTurn[0]!.user_index);
      // A turn, two messages' template, and the answer's text, which may be counted as fewer tokens.
      const grown = prompt_tokens! - byTurn[i - 1]!.prompt_tokens!;
      assert(grown > 10 + 8 && grown <= 10 + 8 + 12, `${grown}`);
    }
  }
});

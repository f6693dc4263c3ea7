/** One request of inference-perf, which keeps the raw chunks with their times. */
import { z } from "zod";
import type { ForeignRequest } from "./foreign_trial.ts";

const count = z.number().nullish();
export const perRequest = z.array(z.looseObject({
  start_time: z.number(),
  end_time: z.number(),
  request: z.string().nullish(),
  error: z.unknown().optional(),
  info: z.looseObject({
    response_metrics: z.looseObject({
      server_usage: z.looseObject({ prompt_tokens: count, completion_tokens: count }).nullish(),
      response_chunks: z.array(z.unknown()).nullish(),
      chunk_times: z.array(z.number()).nullish(),
      output_token_times: z.array(z.number()).nullish(),
    }).nullish(),
  }),
}));

const chunk = z.looseObject({
  choices: z.array(z.looseObject({
    text: z.string().nullish(),
    delta: z.looseObject({
      content: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
    }).nullish(),
  })),
});

/** The request with the arrivals of its chunks that carried text. */
export function requestOf(
  { start_time, end_time, info, error, request }: z.infer<typeof perRequest>[number],
): ForeignRequest {
  const metrics = info.response_metrics ?? {};
  const failed = error === null || error === undefined
    ? null
    : typeof error === "string"
    ? error
    : JSON.stringify(error);
  const texts = failed === null ? textTimes(metrics).map((at_s) => (at_s - start_time) * 1000) : [];
  const usage = metrics.server_usage;
  return {
    sent_ms: start_time * 1000,
    first_token_after_ms: texts[0] ?? null,
    last_token_after_ms: texts.at(-1) ?? null,
    end_after_ms: (end_time - start_time) * 1000,
    token_after_ms: texts,
    events: failed === null ? metrics.chunk_times?.length ?? null : null,
    prompt_tokens: usage?.prompt_tokens ?? null,
    output_tokens: failed === null ? usage?.completion_tokens ?? null : null,
    max_tokens: maxTokens(request),
    error: failed,
  };
}

type Metrics = NonNullable<z.infer<typeof perRequest>[number]["info"]["response_metrics"]>;

function textTimes({ response_chunks, chunk_times, output_token_times }: Metrics): number[] {
  if (!chunk_times || response_chunks?.length !== chunk_times.length) {
    return [...new Set(output_token_times ?? [])];
  }
  return chunk_times.filter((_, i) => hasText(response_chunks[i]));
}

function hasText(raw: unknown): boolean {
  const seen = chunk.safeParse(typeof raw === "string" ? jsonOf(raw) : raw);
  return seen.success &&
    seen.data.choices.some(({ text, delta }) =>
      Boolean(text || delta?.content || delta?.reasoning_content || delta?.reasoning)
    );
}

function maxTokens(request: string | null | undefined): number | null {
  const body = jsonOf(request ?? "");
  const asked = z.looseObject({ max_tokens: count, max_completion_tokens: count }).safeParse(body);
  return asked.success ? asked.data.max_tokens ?? asked.data.max_completion_tokens ?? null : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

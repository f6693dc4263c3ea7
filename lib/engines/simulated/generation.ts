/** One generation request on its way through the engine: tokens, frames, truth. */
import type { ServerResponse } from "node:http";
import { randomFrom } from "@/config/seeds.ts";
import type { BatchEngine } from "./batch_engine.ts";
import { BodyWriter } from "./body_writer.ts";
import { FAULT_AFTER_TOKENS, type RequestFault } from "./faults.ts";
import type { GenerationRequest, ServedModel } from "./generation_request.ts";
import { machineNow } from "./machine_clock.ts";
import { answerTokens, Detokenizer, naturalLength, nonsenseTokens } from "./tokens.ts";
import type { TruthRecord } from "./truth_log.ts";
import type { Answer, FinishReason, TokenOut, Wire } from "./wire.ts";

/** What an answer is written to, streamed or whole. */
interface Outlet {
  token(token: TokenOut): void;
  end(outputTokens: number, finish: FinishReason): void;
  /** The engine fails in the middle of the answer. */
  fail(message: string, outputTokens: number): void;
  /** The connection breaks in the middle of the answer. */
  drop(): void;
}

export interface GenerationSettings {
  wire: Wire;
  served: ServedModel;
  seed: number;
  engine: BatchEngine;
}

export interface Arrival {
  /** Unique in this server. */
  sequenceId: string;
  requestId: string;
  receivedMs: number;
  fault: RequestFault | null;
}

/** How the request ended: what goes to the truth log, and why it was the last token if it was. */
export interface Ending {
  truth: TruthRecord;
  finish: FinishReason | null;
}

/**
 * Generates the answer and writes it to `response`; resolves when it is finished, broken off by a
 * fault, or left by the client, who is then taken out of the batch.
 */
export function generate(
  request: GenerationRequest,
  arrival: Arrival,
  response: ServerResponse,
  settings: GenerationSettings,
): Promise<Ending> {
  const { engine, seed, wire } = settings;
  const { outputTokens, finish } = lengthOf(request, seed);
  const truth = newTruth(request, arrival, wire);
  const outlet = newOutlet(request, arrival, response, settings);
  const nonsense = arrival.fault === "nonsense";
  const tokens = nonsense ? nonsenseTokens() : answerTokens(seed, request.prompt);
  const detokenizer = new Detokenizer();
  const { fault, sequenceId, receivedMs } = arrival;
  const breaks = fault === "cut" || fault === "error-in-stream" ? fault : null;
  const breakAt = breaks ? Math.min(FAULT_AFTER_TOKENS, outputTokens) : Infinity;

  return new Promise((resolve) => {
    const stop = (outcome: TruthRecord["outcome"], reason: FinishReason | null = null) => {
      engine.cancel(sequenceId);
      resolve({ truth: { ...truth, outcome }, finish: reason });
    };
    response.on("close", () => stop("aborted"));
    if (fault === "hang") return;
    const { promptTokens } = request;
    const sequence = { id: sequenceId, arrivalMs: receivedMs, promptTokens, outputTokens };
    engine.submit(sequence, (index, last) => {
      const count = index + 1;
      const text = detokenizer.text(tokens.next().value, last);
      noteToken(truth, text);
      outlet.token({ text, outputTokens: count, finish: last ? finish : null });
      if (breaks && count === breakAt) {
        stop(breaks);
        if (breaks === "cut") outlet.drop();
        else outlet.fail("simulated fault: error-in-stream", count);
      } else if (last) {
        stop("finished", finish);
        outlet.end(count, finish);
      }
    });
  });
}

/** How long the answer gets, and whether the limit or the model ends it. */
function lengthOf(request: GenerationRequest, seed: number) {
  const natural = request.ignoreEos
    ? Infinity
    : Math.max(naturalLength(seed, request.prompt), request.minTokens);
  const outputTokens = Math.min(natural, request.maxTokens);
  const finish: FinishReason = natural < request.maxTokens ? "stop" : "length";
  return { outputTokens, finish };
}

function newTruth(request: GenerationRequest, arrival: Arrival, wire: Wire): TruthRecord {
  return {
    request_id: arrival.requestId,
    received_ms: arrival.receivedMs,
    first_token_ms: null,
    token_ms: [],
    text_ms: [],
    prompt_tokens: request.promptTokens,
    completion_tokens: 0,
    wire: wire.name,
    outcome: "aborted",
  };
}

function noteToken(truth: TruthRecord, text: string): void {
  const now = machineNow();
  truth.first_token_ms ??= now;
  truth.token_ms.push(now);
  if (text !== "") truth.text_ms.push(now);
  truth.completion_tokens++;
}

function newOutlet(
  request: GenerationRequest,
  arrival: Arrival,
  response: ServerResponse,
  settings: GenerationSettings,
): Outlet {
  const usage = arrival.fault !== "no-usage";
  const answer: Answer = {
    endpoint: request.endpoint,
    model: request.model,
    promptTokens: request.promptTokens,
    includeUsage: usage && (request.includeUsage || !request.stream),
    continuousUsage: usage && request.continuousUsage,
    newId: () => crypto.randomUUID().replaceAll("-", ""),
    nowS: () => Math.floor(machineNow() / 1000),
  };
  if (!request.stream) return wholeOutlet(answer, response, settings);
  const random = randomFrom(settings.seed, "parted frames", request.prompt);
  const hangs = arrival.fault === "hang";
  return streamOutlet(answer, response, settings.wire, random, hangs);
}

function streamOutlet(
  answer: Answer,
  response: ServerResponse,
  wire: Wire,
  random: () => number,
  hangs: boolean,
): Outlet {
  const frames = wire.frames(answer);
  const writer = new BodyWriter(response, random);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  if (wire.headAtOnce && !hangs) response.flushHeaders();
  return {
    token: (token) => writer.write(frames.token(token)),
    end(outputTokens) {
      writer.write(frames.end(outputTokens));
      writer.end();
    },
    fail(message, outputTokens) {
      const failure = frames.failure(message, outputTokens);
      if (failure === null) return writer.drop();
      writer.write(failure);
      writer.end();
    },
    drop: () => writer.drop(),
  };
}

function wholeOutlet(
  answer: Answer,
  response: ServerResponse,
  { wire, served }: GenerationSettings,
): Outlet {
  let text = "";
  const send = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  return {
    token: (token) => text += token.text,
    end: (outputTokens, finish) => send(200, wire.whole(answer, text, outputTokens, finish)),
    fail(message) {
      const { status, body } = wire.refusal({ reason: "server_error", message }, served);
      send(status, body);
    },
    drop: () => response.destroy(),
  };
}

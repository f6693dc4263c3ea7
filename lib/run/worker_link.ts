/** The trial's end of the line to one load-generating worker. */
import type { RequestRecord } from "@/records/request_record.ts";
import type { TruthLoad } from "./truth_load.ts";
import type { Ping } from "./worker_clock.ts";
import type { FromWorker, ToWorker } from "./worker_messages.ts";

interface Call {
  settle: PromiseWithResolvers<unknown>;
  onRecord: (record: RequestRecord) => void;
}

export class WorkerLink {
  readonly #worker: Worker;
  #call: Call | null = null;
  #truth: Call | null = null;
  #broken: Error | null = null;

  /** Starts the worker; it has the permissions of this program. */
  constructor(readonly name: string) {
    this.#worker = new Worker(new URL("./load_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#broken = new Error(`load-generating ${name} failed: ${event.message}`);
      this.#ended()?.settle.reject(this.#broken);
      this.#truth?.settle.reject(this.#broken);
    };
  }

  /**
   * Asks for one thing and waits for its answer, one at a time; records that come before it go to
   * `onRecord`. Rejects with the worker's error.
   */
  async call<T>(message: ToWorker, onRecord: Call["onRecord"] = () => {}): Promise<T> {
    if (this.#broken !== null) throw this.#broken;
    const settle = Promise.withResolvers<unknown>();
    this.#call = { settle, onRecord };
    this.#worker.postMessage(message);
    return await settle.promise as T;
  }

  /** Asks the worker for its time. */
  async ping(): Promise<Ping> {
    const asked_ms = performance.timeOrigin + performance.now();
    const theirs_ms = await this.call<number>({ type: "clock" });
    return { asked_ms, theirs_ms, answered_ms: performance.timeOrigin + performance.now() };
  }

  /** Breaks what is in flight off; the call still gets its answer. */
  abort(): void {
    this.#worker.postMessage({ type: "abort" } satisfies ToWorker);
  }

  /** Has the worker send streams of known truth beside a phase. Rejects when they could not be sent. */
  async sendTruth({ signal, onRecord, now: _, ...load }: TruthLoad): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    const settle = Promise.withResolvers<unknown>();
    this.#truth = { settle, onRecord };
    const post = (message: ToWorker) => this.#worker.postMessage(message);
    const stop = () => post({ type: "truth_stop" });
    post({ type: "truth", load, time_origin_ms: performance.timeOrigin });
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    await settle.promise.finally(() => signal.removeEventListener("abort", stop));
  }

  /** Ends the worker; its connections in order where nothing is going on over them. */
  async close(): Promise<void> {
    try {
      if (this.#call === null && this.#broken === null) await this.call({ type: "close" });
    } finally {
      this.#broken ??= new Error(`load-generating ${this.name} has been ended`);
      this.#ended();
      this.#worker.terminate();
    }
  }

  #take(message: FromWorker): void {
    if (message.type === "record") return this.#call?.onRecord(message.record);
    if (message.type === "truth_record") return this.#truth?.onRecord(message.record);
    if (message.type === "truth_end") {
      const { error } = message;
      if (error === null) this.#truth?.settle.resolve(null);
      else this.#truth?.settle.reject(new Error(error));
      return;
    }
    const call = this.#ended();
    if (message.type === "done") call?.settle.resolve(message.value);
    else call?.settle.reject(new Error(message.error));
  }

  #ended(): Call | null {
    const call = this.#call;
    this.#call = null;
    return call;
  }
}

/** Things by the time at which they are due, the earliest first: a binary heap. */
export interface Due {
  due_ms: number;
}

export class DueQueue<T extends Due> {
  readonly #heap: T[] = [];

  /** The earliest, left where it is; undefined when nothing is due. */
  get first(): T | undefined {
    return this.#heap[0];
  }

  add(item: T): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.due_ms <= item.due_ms) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  /** Takes the earliest out. */
  take(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const moved = heap.pop();
    if (moved === undefined || moved === first) return first;
    let at = 0;
    for (let child; (child = 2 * at + 1) < heap.length; at = child) {
      if (child + 1 < heap.length && heap[child + 1]!.due_ms < heap[child]!.due_ms) child++;
      if (heap[child]!.due_ms >= moved.due_ms) break;
      heap[at] = heap[child]!;
    }
    heap[at] = moved;
    return first;
  }
}

/** Connections of an open loop: opened ahead of need, as many as are in use at once and some to spare. */
import { Connection, type ConnectionOptions } from "./connection.ts";

export class ConnectionPool {
  /** Every connection ever made, each with its number. */
  readonly connections: Connection[] = [];
  /** Requests that found no open connection and had to wait for one. */
  openedLate = 0;
  readonly #free: Connection[] = [];
  #opening = 0;

  /** The API roots are used in turn; `spare` connections are kept open besides those in use. */
  constructor(
    readonly roots: readonly string[],
    readonly options: Omit<ConnectionOptions, "baseUrl">,
    readonly spare: number,
  ) {}

  /** Opens the spare connections. Rejects when nobody listens. */
  async open(): Promise<void> {
    await Promise.all(Array.from({ length: this.spare }, async () => {
      const connection = this.#make();
      await connection.open();
      this.#free.push(connection);
    }));
  }

  /** Sees to it, in the background, that enough open connections are free. */
  ahead(): void {
    for (const connection of this.#free.filter(({ fit }) => !fit)) {
      this.#free.splice(this.#free.indexOf(connection), 1);
      this.#makeReady(connection);
    }
    const wanted = this.spare - this.#free.length - this.#opening;
    for (let i = 0; i < wanted; i++) this.#makeReady(this.#make());
  }

  /** The connection that has been free for the longest; a new one where none is. */
  async take(): Promise<Connection> {
    const at = this.#free.findIndex(({ fit }) => fit);
    if (at >= 0) return this.#free.splice(at, 1)[0]!;
    this.openedLate++;
    const connection = this.#free.shift() ?? this.#make();
    await connection.prepare();
    return connection;
  }

  /** Gives a connection back after its answer. */
  release(connection: Connection): void {
    if (connection.fit) this.#free.push(connection);
    else this.#makeReady(connection);
  }

  numberOf(connection: Connection): number {
    return this.connections.indexOf(connection);
  }

  async close(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  #make(): Connection {
    const baseUrl = this.roots[this.connections.length % this.roots.length]!;
    const connection = new Connection({ ...this.options, baseUrl });
    this.connections.push(connection);
    return connection;
  }

  #makeReady(connection: Connection): void {
    this.#opening++;
    // A server that does not answer here fails the request that gets the connection.
    connection.prepare().finally(() => {
      this.#opening--;
      this.#free.push(connection);
    });
  }
}

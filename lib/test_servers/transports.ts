/** The transports that must survive the same servers. */
import { Connection, type ConnectionOptions } from "@/load/connection.ts";

export const TRANSPORTS: { name: string; connect: (options: ConnectionOptions) => Connection }[] = [
  { name: "undici", connect: (options) => new Connection(options) },
];

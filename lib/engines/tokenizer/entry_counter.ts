/** The counter for one entry, from wherever its tokens can be counted. */
import { folderCounter } from "./model_folder.ts";
import { type CountingServer, serverCounter } from "./server_counter.ts";
import type { TokenCounter, TokenizerSource } from "./token_counter.ts";

/** Throws an Error that says what is missing and what to do. */
export async function counterFrom(
  source: TokenizerSource,
  server: CountingServer,
): Promise<TokenCounter> {
  switch (source.from) {
    case "known":
      return source.counter;
    case "folder":
      return folderCounter(source.folder);
    case "server":
      return await serverCounter(server);
    case "none":
      throw new Error(`${source.why}; ${source.what_to_do}`);
  }
}

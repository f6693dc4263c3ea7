/** The command line asks for something that cannot be done; the message says what to do instead. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Servers repeat keys in their messages; ours never do. */

/** `text` without the key that `headers` carry. */
export function hideKey(text: string, headers: Record<string, string>): string {
  const key = headers["authorization"]?.replace(/^Bearer /, "");
  return key ? text.replaceAll(key, "(the key)") : text;
}

/** The value, or null when it takes longer than `timeoutMs`. Leaves no timer behind. */
export async function orNullAfter<T>(timeoutMs: number, value: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), timeoutMs);
  try {
    return await Promise.race([value, promise]);
  } finally {
    clearTimeout(timer);
  }
}

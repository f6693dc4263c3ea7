/** Sizes for people. */

/** `2.8 GB` or `94 MB`, of megabytes (10⁶ bytes). */
export function megabytes(mb: number): string {
  return mb >= 1000 ? `${(mb / 1000).toFixed(1)} GB` : `${Math.ceil(mb)} MB`;
}

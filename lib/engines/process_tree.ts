/** Processes and what they started. */

export interface Process {
  pid: number;
  parent: number;
}

/** Those of `all` that `isRoot` says, and all that descend from them, each once. */
export function withDescendants<T extends Process>(
  all: readonly T[],
  isRoot: (one: T) => boolean,
): T[] {
  const children = Map.groupBy(all, ({ parent }) => parent);
  const tree = new Set(all.filter(isRoot));
  // A set's walk also meets what is added on the way.
  for (const { pid } of tree) for (const child of children.get(pid) ?? []) tree.add(child);
  return [...tree];
}

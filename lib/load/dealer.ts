/** Which request of a list each user of a closed loop sends next. */
import type { PhaseCounts } from "./share.ts";

export interface Dealer {
  /** Whether there is one left for the user. */
  has(userIndex: number): boolean;
  /**
   * The user's next request, by its place in the list; to be called only after `has`. Null when another
   * thread has just taken the last.
   */
  take(userIndex: number): number | null;
}

/** The list in its order, whoever asks, from whichever thread. */
export function inOrder(counts: PhaseCounts): Dealer {
  return { has: () => counts.left, take: () => counts.claim() };
}

/**
 * Conversations: a user goes through all turns of one before it begins the next. `conversations`
 * names each request's, whose turns stand together.
 */
export function byConversation(conversations: readonly number[]): Dealer {
  let unbegun = 0;
  const last = new Map<number, number>();
  const goesOn = (at: number | undefined) =>
    at !== undefined && at + 1 < conversations.length &&
    conversations[at] === conversations[at + 1];
  const begin = () => {
    const at = unbegun;
    while (conversations[unbegun] === conversations[at] && unbegun < conversations.length) {
      unbegun++;
    }
    return at;
  };
  return {
    has: (user) => goesOn(last.get(user)) || unbegun < conversations.length,
    take(user) {
      const at = last.get(user);
      const next = goesOn(at) ? at! + 1 : begin();
      last.set(user, next);
      return next;
    },
  };
}

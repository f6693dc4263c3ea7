/** Speed as money. */

/**
 * Price of a million output tokens: price per hour × 10⁶ / (3600 × tokens per second). Input tokens
 * are free in this number; pass the rate of all tokens for a price that counts them (note 3.5).
 */
export function costPerMillion(price_per_h: number, tokens_per_s: number): number {
  return price_per_h * 1e6 / (3600 * tokens_per_s);
}

/** How many times the price of b a may cost an hour for equal cost a token: the ratio of rates. */
export function breakEvenPriceRatio(a_tokens_per_s: number, b_tokens_per_s: number): number {
  return a_tokens_per_s / b_tokens_per_s;
}

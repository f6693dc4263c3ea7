/** `n` numbers of the generator "minstd" (Park and Miller), which is exact in doubles. */
export function minstd(n: number): number[] {
  let state = 1;
  return Array.from({ length: n }, () => (state = state * 16807 % 2147483647) / 2147483647);
}

/** y_0 = 0, y_i = 0.8 y_(i−1) + u_i − 0.5: the series of method note 7.8. */
export function correlatedSeries(): number[] {
  const y = [0];
  const u = minstd(200);
  for (let i = 1; i < 200; i++) y.push(0.8 * y[i - 1]! + u[i]! - 0.5);
  return y;
}

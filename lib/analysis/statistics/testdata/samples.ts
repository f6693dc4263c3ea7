/** The samples of method note 7 and what reads them. */

export const A = [21.3, 20.8, 22.1, 21.9, 20.5, 23.4, 21.0, 22.7, 21.6, 20.9, 24.8, 21.2];
export const B = [20.15, 19.8, 20.95, 20.4, 19.5, 22.05, 19.9, 21.35, 20.6, 19.7, 22.9, 20.2];
export const X = [2410, 2388, 2451, 2402, 2429];
export const Y = [2362, 2375, 2340, 2391, 2356];
export const P = [2410, 2388, 2451, 2402, 2429, 2433];
export const Q = [2362, 2375, 2340, 2391, 2356, 2370];
export const LAUNCHES = [[2410, 2404, 2416, 2406], [2362, 2371, 2358, 2365], [2388, 2381, 2393, 2390]];

export function paired(a: readonly number[], b: readonly number[]): [number, number][] {
  return a.map((value, i) => [value, b[i]!]);
}

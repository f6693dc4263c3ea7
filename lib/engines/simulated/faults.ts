/** Faults that the simulated engine shows on request, to try clients and launchers on. */
const REQUEST_FAULTS = [
  "http-500",
  "cut",
  "error-in-stream",
  "no-usage",
  "hang",
  "nonsense",
] as const;
const START_FAULTS = ["exit-at-start", "slow-start"] as const;

export type RequestFault = typeof REQUEST_FAULTS[number];
export type StartFault = typeof START_FAULTS[number];

/** `every` counts generation requests, refused ones included: 5 means the 5th, 10th, … */
export interface FaultPlan {
  start: StartFault | null;
  request: RequestFault | null;
  every: number;
}

export const NO_FAULT: FaultPlan = { start: null, request: null, every: 1 };

/** After how many tokens `cut` and `error-in-stream` strike. */
export const FAULT_AFTER_TOKENS = 3;

/** Reads `NAME` or `NAME:N`. Throws an Error that names what is wrong. */
export function parseFault(text: string): FaultPlan {
  const [name = "", every] = text.split(":", 2);
  if (every !== undefined && !/^[1-9]\d*$/.test(every)) {
    throw new Error(`fault "${text}": expected a whole number from 1 after ":", e.g. "cut:5"`);
  }
  if (isOneOf(START_FAULTS, name)) {
    if (every !== undefined) {
      throw new Error(`fault "${text}": ${name} happens at start and takes no ":N"`);
    }
    return { ...NO_FAULT, start: name };
  }
  if (isOneOf(REQUEST_FAULTS, name)) {
    return { ...NO_FAULT, request: name, every: Number(every ?? 1) };
  }
  const known = [...REQUEST_FAULTS, ...START_FAULTS].join(", ");
  throw new Error(`fault "${text}" is unknown; the known ones are ${known}`);
}

/** The fault that generation request `number` (from 1) meets. */
export function faultOfRequest(plan: FaultPlan, number: number): RequestFault | null {
  return number % plan.every === 0 ? plan.request : null;
}

function isOneOf<T extends string>(list: readonly T[], name: string): name is T {
  return (list as readonly string[]).includes(name);
}

/** The form of `benchmark.loads`: what may be said of an open loop. */
import { z } from "zod";

const positive = z.number().positive();
const count = z.int().min(1);
const rates_per_s = z.array(positive).min(1);
/** More than so many at once wait for their turn; the load is called capped everywhere. */
const max_in_flight = count.optional();
const size = { requests: count.optional(), duration_s: positive.optional(), max_in_flight };

type Sized = { requests?: number | undefined; duration_s?: number | undefined };
const oneSize = (load: Sized) => (load.requests === undefined) !== (load.duration_s === undefined);
const ONE_SIZE = "needs `requests` or `duration_s`, one of the two";

/** One entry of `benchmark.loads`: an arrival process, its rates and how long it goes on. */
export const openLoadSchema = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("constant"), rates_per_s, ...size }).refine(oneSize, ONE_SIZE),
  z.strictObject({ mode: z.literal("poisson"), rates_per_s, ...size }).refine(oneSize, ONE_SIZE),
  z.strictObject({
    mode: z.literal("gamma"),
    rates_per_s,
    /** Shape of the gaps' gamma distribution; their squared coefficient of variation is 1 / burstiness. */
    burstiness: positive,
    ...size,
  }).refine(oneSize, ONE_SIZE),
  z.strictObject({
    mode: z.literal("steps"),
    steps: z.array(z.strictObject({ rate_per_s: positive, duration_s: positive })).min(1),
    max_in_flight,
  }),
  z.strictObject({
    mode: z.literal("ramp"),
    from_per_s: positive,
    to_per_s: positive,
    duration_s: positive,
    max_in_flight,
  }),
  z.strictObject({
    mode: z.literal("trace"),
    /** CSV or JSON lines with the times and lengths of requests. */
    file: z.string().min(1),
    /** How reports call it; the file's name if absent. */
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/).optional(),
    /** Times are multiplied by it: 0.5 is twice the load. */
    time_scale: positive.default(1),
    /** Only so many of its first requests. */
    limit: count.optional(),
    max_in_flight,
  }),
]);

export type OpenLoadEntry = z.infer<typeof openLoadSchema>;

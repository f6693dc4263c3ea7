/** The form of `tuning`: what the search of the tuned arm may cost, and what it goes by. */
import { z } from "zod";

export const tuningSchema = z.strictObject({
  /** Minutes of the machine that each entry gets, its starts included, divided evenly among its candidates. */
  minutes_per_entry: z.number().positive(),
  /** By whose metric and load candidates are judged; the first use case if absent. */
  use_case: z.string().min(1).optional(),
});

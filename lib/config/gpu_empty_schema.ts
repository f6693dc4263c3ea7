/** What counts as an empty GPU, before a launch and after a stop. */
import { z } from "zod";

/**
 * The defaults are guesses that no run on a GPU has confirmed: a driver may keep more or less of an
 * idle card's memory, and give memory of a dead process back sooner or later. A study sets its own.
 */
export const gpuEmptySchema = z.strictObject({
  /** So much memory may be in use before the first launch, for driver and display (MiB). */
  idle_mib: z.int().min(0).default(1024),
  /** So much more than before the first launch may be in use after a stop (MiB). */
  tolerance_mib: z.int().min(0).default(512),
  /** So long after a stop may memory be given back (s). */
  wait_s: z.number().min(0).default(60),
});

export type GpuEmpty = z.infer<typeof gpuEmptySchema>;

/** The form of `use_cases` and of `benchmark.margins`: what the verdicts are about. */
import { z } from "zod";
import { sloSchema } from "./search_schema.ts";

/** Metrics by which entries can be compared, one value a launch. */
export const PRIMARY_METRICS = [
  "output_tokens_per_s",
  "requests_per_s",
  "ttft_ms_p50",
  "ttft_ms_p90",
  "ttft_ms_p99",
  "tpot_ms_p50",
  "tpot_ms_p90",
  "tpot_ms_p99",
  "e2e_ms_p50",
  "e2e_ms_p90",
  "e2e_ms_p99",
  "slo_goodput_per_s",
  "max_load_per_s",
] as const;

export type PrimaryMetric = typeof PRIMARY_METRICS[number];

/** Which of the planned loads: users, a load in words such as `poisson 4/s`, or an end of the range. */
const level = z.union([z.int().min(1), z.string().min(1)]);

export const useCaseSchema = z.strictObject({
  /** A name of `workloads`. */
  workload: z.string().min(1),
  /** Values that are not said come from the preset; see `lib/config/use_cases.ts`. */
  preset: z.enum(["chat", "rag", "long-generation", "batch", "single-user"]).optional(),
  /** The one metric at one load on which the verdict rests; everything else is exploratory. */
  primary: z.strictObject({
    metric: z.enum(PRIMARY_METRICS),
    level: level.default("highest"),
  }).optional(),
  slo: sloSchema.optional(),
  /** Share of the requests that must keep the SLO. */
  target: z.number().gt(0).lt(1).default(0.9),
}).refine(({ preset, primary }) => preset !== undefined || primary !== undefined, {
  path: ["primary"],
  message: "says by which metric the verdict goes; set it, or a preset",
});

const percent = z.number().positive().max(50);

/** In percent. Defaults of method note 0b E. */
export const marginsSchema = z.strictObject({
  throughput_percent: percent.default(5),
  tpot_percent: percent.default(5),
  ttft_percent: percent.default(10),
});

export type UseCaseConfig = z.infer<typeof useCaseSchema>;
export type Margins = z.infer<typeof marginsSchema>;

/** Of a config that names none, and of runs from before they were recorded. */
export const DEFAULT_MARGINS: Margins = marginsSchema.parse({});

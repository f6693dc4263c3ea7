/** The server of known truth that a calibration asks: the one in C where it can be built. */
import { buildTruthServer } from "@/bench_client/programs.ts";
import type { CalibrationServer } from "@/records/calibration_record.ts";
import type { LoadPlan } from "@/run/calibration_level.ts";
import { descriptorLimit, descriptorProblem } from "@/run/file_descriptors.ts";
import { nativeTruthSource } from "@/truth/native_source.ts";
import { denoTruthSource, type TruthSource } from "@/truth/truth_source.ts";

/** A source, and why it is not the one in C. */
export type KnownSource = TruthSource & CalibrationServer;

/** `cores`: where it runs, for `taskset`; null leaves it on all. Throws when neither server starts. */
export async function openTruthSource(cores: string | null): Promise<KnownSource> {
  const folder = await Deno.makeTempDir({ prefix: "truth-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  const built = await buildTruthServer(folder);
  if ("why" in built) {
    await remove();
    return { ...await denoTruthSource(cores), why: built.why };
  }
  const source = nativeTruthSource({ program: built.program, folder, cores });
  return {
    ...source,
    why: null,
    async [Symbol.asyncDispose]() {
      try {
        await source[Symbol.asyncDispose]();
      } finally {
        await remove();
      }
    },
  };
}

/** The loads whose streams this process may have open at once. */
export async function openable(steps: LoadPlan[][]): Promise<LoadPlan[][]> {
  const limit = await descriptorLimit();
  return steps.filter((loads) =>
    loads.every(({ streams }) => descriptorProblem(streams, limit) === null)
  );
}

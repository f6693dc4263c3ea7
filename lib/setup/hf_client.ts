/** The hub's own client, `hf`, in an environment of its own: it resumes, checks and downloads in parallel. */
import { join } from "node:path";
import { COMPLETE, engineCacheDir, engineDir, exists } from "@/engines/cache.ts";
import { SCRATCH, type Step } from "./install.ts";
import { runInstaller } from "./installer.ts";
import { findPython } from "./python.ts";
import { uv, uvStep } from "./uv.ts";

const VERSION = "2.4.0";

const hfDir = () => engineDir("hf", VERSION);
const program = (name: string) => join(hfDir(), "venv", "bin", name);

/** The steps that get the client. */
export function hfClientSteps(): Step[] {
  const complete = join(hfDir(), COMPLETE);
  const step: Step = {
    what: `the hub's client (huggingface_hub ${VERSION})`,
    into: hfDir(),
    download_mb: 10,
    disk_mb: 40,
    isDone: () => exists(complete),
    async run() {
      await Deno.remove(hfDir(), { recursive: true }).catch(() => {});
      await Deno.mkdir(hfDir(), { recursive: true });
      await uv("venv", "--python", await findPython(), join(hfDir(), "venv"));
      await uv("pip", "install", "--python", program("python"), `huggingface_hub==${VERSION}`);
      await runInstaller([program("hf"), "version"]);
      await Deno.writeTextFile(complete, "");
    },
  };
  return [uvStep(), step];
}

/**
 * Downloads these files of a model at one commit into `folder`, going on where an earlier one broke
 * off. A token comes from the environment (HF_TOKEN) only, not from what another login has left.
 */
export async function hfDownload(id: string, commit: string, files: string[], folder: string) {
  const home = join(engineCacheDir(), `${SCRATCH}hub`);
  const env = {
    HF_HOME: home,
    HF_TOKEN_PATH: join(home, "no-token"),
    HF_HUB_DISABLE_TELEMETRY: "1",
    HF_HUB_DISABLE_PROGRESS_BARS: "1",
    NO_COLOR: "1",
  };
  const how = ["--revision", commit, "--local-dir", folder, "--quiet"];
  await runInstaller([program("hf"), "download", id, ...how, ...files], env);
  await Deno.remove(home, { recursive: true }).catch(() => {});
}

/** Whether the study's model can be had: from this machine, or from the hub with the token that is set. */
import type { Config } from "@/config/schema.ts";
import { bundled, downloadedModel, isFolder } from "@/engines/model_files.ts";
import { askHub, filesToGet, hubEndpoint } from "@/setup/hub_api.ts";
import { blocker, type Check, ok, warning } from "./check.ts";

export interface HubFindings {
  checks: Check[];
  /** Bytes still to fetch; 0 where it is here, null where it is not known. */
  download_bytes: number | null;
}

const READERS = ["vllm", "sglang", "tensorrt-llm"];

/** Asks the hub only for a model that is not here; without a network that is a warning. */
export async function hubChecks(config: Config): Promise<HubFindings> {
  const { name, revision } = config.model;
  const token = ok("hub token", tokenText());
  const readers = Object.values(config.engines).filter(({ kind }) => READERS.includes(kind));
  if (readers.length === 0 || bundled(config)) {
    return { checks: [ok("model files", `${name}: comes with setup`)], download_bytes: 0 };
  }
  if (isFolder(name)) return { checks: [await folderCheck(name)], download_bytes: 0 };
  const here = downloadedModel(name, revision);
  if (here !== null) {
    const found = `${name} at commit ${here.commit.slice(0, 12)} is downloaded`;
    return { checks: [ok("model files", found)], download_bytes: 0 };
  }
  const asked = await askedHub(name, revision ?? "main");
  return { ...asked, checks: [token, ...asked.checks] };
}

/** Never the token itself. */
function tokenText(): string {
  return Deno.env.get("HF_TOKEN")
    ? "HF_TOKEN is set (not shown)"
    : "HF_TOKEN is not set; only gated and private models need it";
}

async function askedHub(name: string, revision: string): Promise<HubFindings> {
  const download = `deno task setup --model ${name}`;
  if (Deno.env.get("HF_HUB_OFFLINE") === "1") {
    const found = `${name} is not here, and HF_HUB_OFFLINE=1 forbids to ask the hub`;
    return {
      checks: [blocker("model files", found, `unset it and run ${download}`)],
      download_bytes: null,
    };
  }
  try {
    const { files, commit } = await askHub(name, revision);
    const download_bytes = filesToGet(files).reduce((sum, { bytes }) => sum + bytes, 0);
    const found = `${name} at commit ${commit.slice(0, 12)} may be read, ${
      (download_bytes / 1e9).toFixed(1)
    } GB; not downloaded yet`;
    const to_do = `${download} (else each engine fetches it at its first launch)`;
    return { checks: [warning("model files", found, to_do)], download_bytes };
  } catch (error) {
    const { message } = error as Error;
    const offline = /cannot be reached/.test(message);
    const check = offline
      ? warning(
        "model files",
        `${name} is not here, and the hub cannot be asked whether it may be read (${hubEndpoint()} cannot be reached)`,
        `with a network: ${download}; or copy its folder here and name that as model.name`,
      )
      : blocker("model files", message, `then ${download}`);
    return { checks: [check], download_bytes: null };
  }
}

async function folderCheck(folder: string): Promise<Check> {
  const there = await Deno.stat(`${folder}/config.json`).then(() => true, () => false);
  if (there) return ok("model files", `${folder} has a config.json`);
  return blocker("model files", `${folder} has no config.json`, "correct model.name");
}

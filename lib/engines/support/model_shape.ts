/** Where a study's model tells its shape: a file that is named, a folder, a download, or what ships. */
import { join } from "node:path";
import { type Architecture, isMapping, readArchitecture } from "@/config/fit/architecture.ts";
import { knownModel } from "@/config/fit/known_models.ts";
import type { Config } from "@/config/schema.ts";
import { ConfigError } from "@/config/yaml_source.ts";
import { bundled, downloadedModel, hubModelDir, isFolder } from "../model_files.ts";
import { type FoundQuantization, quantizationOf } from "./quantization.ts";

export interface ModelShape extends FoundQuantization {
  shape: Architecture;
  /** What it was read from. */
  from: string;
}

/** The shape, or in text why it is not known. Throws `ConfigError` for a file that is no config.json. */
export function modelShape(model: Config["model"]): ModelShape | string {
  const found = configOf(model);
  if (found === null) {
    return `the shape of ${model.name} is not known here; name its config.json as model.config_json`;
  }
  const { config, from } = found;
  const shape = readArchitecture(config, from);
  try {
    return { shape, from, ...quantizationOf(model, config) };
  } catch (error) {
    throw new ConfigError([`${from}: ${(error as Error).message}`]);
  }
}

function configOf(model: Config["model"]) {
  const { name, revision, config_json } = model;
  if (config_json !== undefined) return fromFile(config_json);
  if (isFolder(name)) return fromFile(join(name, "config.json"));
  const downloaded = bundled({ model }) ? null : downloadedModel(name, revision);
  if (downloaded !== null) {
    return fromFile(join(hubModelDir(name, downloaded.commit), "config.json"));
  }
  const known = knownModel(name);
  return known === null ? null : { config: known.config, from: `what ships of ${name}` };
}

function fromFile(path: string) {
  const problem = (what: string) => new ConfigError([`${path}: ${what}`]);
  const text = (() => {
    try {
      return Deno.readTextFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw problem("no such file; check model.config_json or model.name");
      }
      throw problem(`cannot be read: ${(error as Error).message}`);
    }
  })();
  const config: unknown = (() => {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw problem(`no JSON: ${(error as Error).message}`);
    }
  })();
  if (!isMapping(config)) throw problem("expected an object with a model's numbers");
  return { config, from: path };
}

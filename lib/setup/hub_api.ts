/** What the Hugging Face hub says of a model: its commit, its files and their sizes, and who may read it. */
import { SetupError } from "./python.ts";

export interface HubFile {
  path: string;
  bytes: number;
}

export interface HubModel {
  id: string;
  /** The commit that the asked-for branch or tag means now. */
  commit: string;
  files: HubFile[];
}

const WEB = "https://huggingface.co";

/** The hub's address: `HF_ENDPOINT`, as its own client reads it, else the public one. */
export function hubEndpoint(): string {
  return (Deno.env.get("HF_ENDPOINT") || WEB).replace(/\/+$/, "");
}

/**
 * Asks the hub for a model at a branch, tag or commit, and whether its files may be read.
 * Throws `SetupError` that says what to do: offline, no such model or revision, licence, token.
 */
export async function askHub(id: string, revision: string): Promise<HubModel> {
  if (!/^\w[\w.-]*(\/\w[\w.-]*)?$/.test(id)) {
    throw new SetupError(`"${id}" is no name of a model on the hub; expected ORGANISATION/NAME`);
  }
  const path = `/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await ask(path);
  if (!response.ok) {
    await response.body?.cancel();
    throw refusal(id, revision, response);
  }
  const { sha, siblings, gated } = await response.json() as ModelInfo;
  const files = siblings.map(({ rfilename, size }) => ({ path: rfilename, bytes: size ?? 0 }));
  if (gated && !Deno.env.get("HF_TOKEN")) throw new SetupError(licence(id));
  await checkReadable(id, sha, files);
  return { id, commit: sha, files };
}

interface ModelInfo {
  sha: string;
  siblings: { rfilename: string; size?: number }[];
  gated?: false | "auto" | "manual";
}

async function ask(path: string, method = "GET"): Promise<Response> {
  const token = Deno.env.get("HF_TOKEN");
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  try {
    return await fetch(hubEndpoint() + path, {
      method,
      headers,
      redirect: method === "HEAD" ? "manual" : "follow",
      signal: AbortSignal.timeout(30_000),
    });
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    throw new SetupError(
      `the hub ${hubEndpoint()} cannot be reached (${why}); is this machine ` +
        "online? HF_ENDPOINT may name a mirror; a folder of files from elsewhere can be named as " +
        "model.name in the config",
    );
  }
}

/** Asks for one file's head, since a gated model's list is public and its files are not. */
async function checkReadable(id: string, commit: string, files: HubFile[]): Promise<void> {
  const [first] = files;
  if (first === undefined) throw new SetupError(`${id} at ${commit} has no files`);
  const response = await ask(`/${id}/resolve/${commit}/${encodeURI(first.path)}`, "HEAD");
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403) throw new SetupError(licence(id));
}

function licence(id: string): string {
  const token = Deno.env.get("HF_TOKEN")
    ? "the token in HF_TOKEN may not read it: it must belong to an account that has accepted"
    : "export HF_TOKEN with a token (huggingface.co/settings/tokens) of an account that has accepted";
  return `${id} is gated; ${token} its licence at ${WEB}/${id} (the token is read from the ` +
    "environment and written nowhere)";
}

function refusal(id: string, revision: string, { status, headers }: Response): SetupError {
  const code = headers.get("x-error-code");
  if (code === "RevisionNotFound") {
    return new SetupError(`${id} has no revision "${revision}" on ${hubEndpoint()}`);
  }
  if (code === "GatedRepo" || status === 403) return new SetupError(licence(id));
  if (status !== 401 && status !== 404) {
    return new SetupError(`the hub ${hubEndpoint()} answered ${status} for ${id}; try again later`);
  }
  const token = Deno.env.get("HF_TOKEN")
    ? "or the token in HF_TOKEN may not see it"
    : "or it is private; export HF_TOKEN if so";
  return new SetupError(`${hubEndpoint()} has no model ${id}: a slip in the name, ${token}`);
}

/** Weights in another form than safetensors, which no engine here reads where those are there. */
const OTHER_FORMS = /^original\/|^onnx\/|\.(bin|pth|pt|h5|msgpack|onnx|gguf|ot|tflite)$/;

/** The files that an engine reads. */
export function filesToGet(files: HubFile[]): HubFile[] {
  if (!files.some(({ path }) => path.endsWith(".safetensors"))) return files;
  return files.filter(({ path }) => !OTHER_FORMS.test(path));
}

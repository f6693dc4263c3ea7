/** A small Hugging Face hub on loopback: model lists with sizes, files with ranges, gates and private models. */

export interface FakeModel {
  /** Name of the branch or tag → commit. */
  revisions: Record<string, string>;
  files: Record<string, string>;
  /** Its list is public, its files need this token. */
  gate?: string;
  /** Each answer ends after so many bytes of a file, as a connection that breaks off. */
  breaksAfter?: number;
}

export class FakeHub implements AsyncDisposable {
  readonly url: string;
  /** Method, path and whether a token came with it, of each request. */
  readonly asked: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(private readonly models: Record<string, FakeModel>) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  #answer(request: Request): Response {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? null;
    this.asked.push(`${request.method} ${path}${token === null ? "" : " with a token"}`);
    const list = path.match(/^\/api\/models\/(.+)\/(?:revision|tree)\/([^/]+)$/);
    if (list) return this.#list(list[1]!, list[2]!, path.includes("/tree/"));
    const file = path.match(/^\/(.+?)\/resolve\/([^/]+)\/(.+)$/);
    if (file) return this.#file(request, token, file[1]!, file[2]!, file[3]!);
    return refused(404, "EntryNotFound");
  }

  #list(id: string, revision: string, tree: boolean): Response {
    const model = this.models[id];
    if (model === undefined) return refused(401, "RepoNotFound");
    const sha = commitOf(model, revision);
    if (sha === undefined) return refused(404, "RevisionNotFound");
    const files = Object.entries(model.files);
    if (tree) {
      return Response.json(
        files.map(([path, text]) => ({ type: "file", path, oid: hash(text), size: text.length })),
      );
    }
    const siblings = files.map(([rfilename, text]) => ({ rfilename, size: text.length }));
    return Response.json({ id, sha, siblings, gated: model.gate === undefined ? false : "manual" });
  }

  #file(request: Request, token: string | null, id: string, revision: string, path: string) {
    const model = this.models[id];
    if (model === undefined) return refused(401, "RepoNotFound");
    if (model.gate !== undefined && token !== model.gate) {
      return refused(token === null ? 401 : 403, "GatedRepo");
    }
    const sha = commitOf(model, revision);
    const text = model.files[path];
    if (sha === undefined || text === undefined) return refused(404, "EntryNotFound");
    const from = Number(request.headers.get("range")?.match(/^bytes=(\d+)-/)?.[1] ?? 0);
    const headers: Record<string, string> = {
      "etag": `"${hash(text)}"`,
      "x-repo-commit": sha,
      "accept-ranges": "bytes",
      "content-length": String(text.length - from),
    };
    if (from > 0) headers["content-range"] = `bytes ${from}-${text.length - 1}/${text.length}`;
    if (from > 0) this.asked.push(`from byte ${from}`);
    const rest = text.slice(from);
    const breaks = model.breaksAfter !== undefined && rest.length > model.breaksAfter;
    const body = request.method === "HEAD"
      ? null
      : breaks
      ? brokenOff(rest.slice(0, model.breaksAfter))
      : rest;
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function commitOf({ revisions }: FakeModel, revision: string): string | undefined {
  return revisions[revision] ?? Object.values(revisions).find((commit) => commit === revision);
}

/** A body that gives this text and then breaks. */
function brokenOff(text: string): ReadableStream<Uint8Array> {
  let given = false;
  return new ReadableStream({
    pull(controller) {
      if (given) return controller.error(new Error("the connection breaks off"));
      given = true;
      controller.enqueue(new TextEncoder().encode(text));
    },
  }, { highWaterMark: 0 });
}

/** Any text that changes with the file will do as its etag. */
function hash(text: string): string {
  const sum = [...text].reduce((total, char) => (total * 31 + char.charCodeAt(0)) >>> 0, 7);
  return sum.toString(16).padStart(40, "0");
}

function refused(status: number, code: string): Response {
  return new Response("", { status, headers: { "x-error-code": code } });
}

import assert from "node:assert/strict";
import { basename, dirname, join, relative, sep } from "node:path";

const LIB = import.meta.dirname!;

/** The rooms that each room may import, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  config: [],
  records: ["config"],
  engines: ["config", "records"],
  load: ["config", "records", "engines"],
  // It judges the client, so it shares no code with it.
  truth: ["config", "records"],
  run: ["config", "records", "engines", "load", "truth"],
  import: ["config", "records"],
  analysis: ["config", "records"],
  figures: ["config", "records", "analysis"],
  report: ["config", "records", "analysis", "figures"],
  setup: ["config", "records", "engines"],
  // Stand-ins for tests of the rooms up to `run`; only tests import them.
  test_servers: ["config", "records", "engines", "load", "truth", "run", "setup"],
};
/** These sit on top and may import everything but `test_servers`. */
const ON_TOP = ["bench_client", "commands", "main.ts", "notebooks.ts"];
const LONGEST_FILE = 250;
const EMPTY_NAMES = ["utils", "util", "types", "index", "helpers", "common", "misc"];

/** A file of the project and what it imports, both from `lib/`. */
interface Edge {
  from: string;
  to: string;
  /** Only types are imported, so nothing is left of it when the program runs. */
  typesOnly?: boolean;
}

/** Why an import breaks the order of the rooms; null if it does not. */
function brokenOrder({ from, to }: Edge): string | null {
  const [source, target] = [roomOf(from), roomOf(to)];
  const simulated = "engines/simulated/";
  if (source === "load" && to.startsWith(simulated)) {
    return `${from} imports ${to}: the simulated engine and its client share no code`;
  }
  if (source === target) return null;
  if (target === "test_servers") return `${from} imports ${to}, which only tests may`;
  if (ON_TOP.includes(source)) return null;
  const allowed = MAY_IMPORT[source];
  if (allowed === undefined) {
    return `${from}: lib/${source} is no room; give it a place in this test`;
  }
  return allowed.includes(target)
    ? null
    : `${from} imports ${to}: ${source} may import only ${allowed.join(", ") || "itself"}`;
}

function roomOf(file: string): string {
  return file.split("/")[0]!;
}

/** One cycle of imports that are there at run time, as the files on it, or null. */
function firstCycle(edges: readonly Edge[]): string[] | null {
  const next = Map.groupBy(edges.filter(({ typesOnly }) => !typesOnly), ({ from }) => from);
  const finished = new Set<string>();
  const visit = (file: string, trail: string[]): string[] | null => {
    const at = trail.indexOf(file);
    if (at >= 0) return [...trail.slice(at), file];
    if (finished.has(file)) return null;
    for (const { to } of next.get(file) ?? []) {
      const cycle = visit(to, [...trail, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return null;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return null;
}

/** Places that load code whose name is not written out, which no graph of imports can see. */
function hiddenImports(text: string): string[] {
  const loads = /\b(?:new Worker|import)\((?!\s*(?:new URL\(\s*)?").{0,40}/g;
  return [...text.matchAll(loads)].map(([found]) => found);
}

/** What a source starts as a worker, by a path that is written out: an import as any other. */
function workerEdges(from: string, text: string): Edge[] {
  const starts = /\bnew Worker\(\s*new URL\(\s*"([^"]+)"/g;
  return [...text.matchAll(starts)].map(([, path]) => ({ from, to: join(dirname(from), path!) }));
}

/** What is wrong with a file's name; null if nothing is. */
function badName(path: string): string | null {
  const [stem] = basename(path).split(".");
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(basename(path))) {
    return `${path}: not snake_case`;
  }
  return EMPTY_NAMES.includes(stem!) ? `${path}: a name that says nothing` : null;
}

/** Folders of data, whose files are as long as what they hold. */
const DATA = ["testdata", "recorded", "__snapshots__"];

/** Every file below `lib/` as a path from there, data apart. */
function filesBelow(dir = LIB): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) => {
    if (DATA.includes(name)) return [];
    const path = join(dir, name);
    return isDirectory ? filesBelow(path) : [relative(LIB, path).replaceAll(sep, "/")];
  }).sort();
}

const SOURCES = filesBelow().filter((file) => file.endsWith(".ts") && !file.endsWith("_test.ts"));

interface GraphModule {
  local?: string;
  error?: string;
  dependencies?: { code?: { specifier?: string }; type?: { specifier?: string } }[];
}

/** Imports of `root` and of everything that it reaches, types included. */
async function graphOf(root: string): Promise<Map<string, Edge[]>> {
  const args = ["info", "--json", join(LIB, root)];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, stderr: "null" }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as { modules: GraphModule[] };
  const graph = new Map<string, Edge[]>();
  for (const { local, error, dependencies } of modules) {
    if (error) throw new Error(`deno info ${root}: ${error}`);
    const from = local && inLib(local);
    if (!from) continue;
    graph.set(
      from,
      (dependencies ?? []).flatMap(({ code, type }) => {
        const url = (code ?? type)?.specifier ?? "";
        const to = url.startsWith("file:") ? inLib(new URL(url).pathname) : null;
        return to === null ? [] : [{ from, to, typesOnly: code === undefined }];
      }),
    );
  }
  return graph;
}

function inLib(path: string): string | null {
  const inside = relative(LIB, path).replaceAll(sep, "/");
  return inside.startsWith("..") || inside.includes("node_modules") ? null : inside;
}

/** The imports of every source; files that no earlier root reaches become roots of their own. */
async function allImports(): Promise<Edge[]> {
  const graph = await graphOf("main.ts");
  for (const file of SOURCES) {
    if (graph.has(file)) continue;
    for (const [reached, edges] of await graphOf(file)) graph.set(reached, edges);
  }
  const workers = SOURCES.flatMap((file) =>
    workerEdges(file, Deno.readTextFileSync(join(LIB, file)))
  );
  return [...[...graph.values()].flat(), ...workers];
}

let imports: Promise<Edge[]> | null = null;
const importsOnce = () => imports ??= allImports();

Deno.test("rooms import one way only", async () => {
  const edges = await importsOnce();
  assert(edges.length > SOURCES.length, `only ${edges.length} imports were found`);
  assert.deepEqual(edges.map(brokenOrder).filter((broken) => broken !== null), []);
});

Deno.test("the order of the rooms refuses what it should refuse", () => {
  const refused: [string, string][] = [
    ["config/plan.ts", "records/journal.ts"],
    ["records/journal.ts", "analysis/window.ts"],
    ["engines/vllm.ts", "load/sse.ts"],
    ["load/generate.ts", "run/run_trial.ts"],
    ["run/run_plan.ts", "analysis/summary.ts"],
    ["report/html_report.ts", "engines/kinds.ts"],
    ["import/aiperf.ts", "analysis/summary.ts"],
    ["analysis/summary.ts", "import/aiperf.ts"],
    ["figures/memory.ts", "report/style.css.ts"],
    ["setup/python.ts", "run/machine.ts"],
    ["run/run_plan.ts", "commands/bench.ts"],
    ["engines/simulated/wire.ts", "load/sse.ts"],
    ["load/sse.ts", "engines/simulated/wire.ts"],
    ["truth/server.ts", "load/sse.ts"],
    ["load/sse.ts", "truth/script.ts"],
    ["elsewhere/new.ts", "config/plan.ts"],
    ["commands/bench.ts", "test_servers/load_phase.ts"],
  ];
  for (const [from, to] of refused) {
    assert.notEqual(brokenOrder({ from, to }), null, `${from} may import ${to}`);
  }
  const accepted: [string, string][] = [
    ["load/generate.ts", "engines/kinds.ts"],
    ["report/html_report.ts", "config/schema.ts"],
    ["commands/report.ts", "report/write_report.ts"],
    ["main.ts", "commands/bench.ts"],
    ["engines/simulated.ts", "engines/simulated/wire.ts"],
  ];
  for (const [from, to] of accepted) assert.equal(brokenOrder({ from, to }), null);
});

Deno.test("no file imports itself by way of others", async () => {
  assert.deepEqual(firstCycle(await importsOnce()), null);
});

Deno.test("a cycle is found and named", () => {
  const tree = [{ from: "a", to: "b" }, { from: "a", to: "c" }, { from: "b", to: "c" }];
  assert.equal(firstCycle(tree), null);
  assert.deepEqual(firstCycle([...tree, { from: "c", to: "b" }]), ["b", "c", "b"]);
  assert.equal(firstCycle([...tree, { from: "c", to: "b", typesOnly: true }]), null);
});

Deno.test("no source loads code whose name is not written out", () => {
  const found = SOURCES.flatMap((file) =>
    hiddenImports(Deno.readTextFileSync(join(LIB, file))).map((found) => `${file}: ${found}`)
  );
  assert.deepEqual(found, []);
  assert.equal(
    hiddenImports('await import(\n "./a.ts");\nnew Worker(new URL("./b.ts", x))').length,
    0,
  );
  assert.equal(hiddenImports("await import(name);\nnew Worker(path);\nimport(`./${x}`)").length, 3);
});

Deno.test("what a source starts as a worker counts as imported", () => {
  const started = workerEdges("load/a.ts", 'new Worker(\n  new URL("../run/b.ts", x), {})');
  assert.deepEqual(started, [{ from: "load/a.ts", to: "run/b.ts" }]);
  assert.notEqual(brokenOrder(started[0]!), null);
});

Deno.test("files are named in snake_case after their subject", () => {
  assert.deepEqual(filesBelow().map(badName).filter((problem) => problem !== null), []);
  for (const name of ["run/runPlan.ts", "run/run-plan.ts", "run/utils.ts", "load/index.ts"]) {
    assert.notEqual(badName(name), null, name);
  }
});

Deno.test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const lengths = filesBelow().map((file) => {
    const lines = Deno.readTextFileSync(join(LIB, file)).trimEnd().split("\n").length;
    return { file, lines };
  });
  assert.deepEqual(lengths.filter(({ lines }) => lines > LONGEST_FILE), []);
});

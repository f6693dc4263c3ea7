/** A container engine for tests: its containers are processes outside of the client's group, as real ones are. */
import { TempFolder, textOf } from "./processes.ts";

/**
 * `run` starts a `sleep` that outlives its client and does not hear the client's signals; the client
 * waits for it. `stop` ends it if STUBBORN is not set, `rm -f` in any case.
 */
const DOCKER = `#!/bin/sh
state=$(dirname "$0")/../docker
echo "$*" >> "$state/calls"
case "$1" in
  info) [ ! -e "$state/no-engine" ] ;;
  image) [ "$2" = inspect ] && grep -qxF "$3" "$state/images" ;;
  pull)
    for last; do :; done
    case "$last" in *no-such*) echo "manifest unknown" >&2; exit 1 ;; esac
    echo "$last" >> "$state/images" ;;
  run)
    for word; do [ "$before" = --name ] && name=$word; before=$word; done
    setsid sleep "$LASTS_S" </dev/null >/dev/null 2>&1 &
    echo $! > "$state/$name.pid"
    trap '' TERM
    while kill -0 "$(cat "$state/$name.pid")" 2>/dev/null; do sleep 0.05; done ;;
  stop) [ -n "$STUBBORN" ] || kill "$(cat "$state/$4.pid")" ;;
  rm) kill -9 "$(cat "$state/$3.pid")" ;;
  inspect) cat "$state/$4.pid" ;;
esac
`;

const NVIDIA_SMI = "#!/bin/sh\necho 'NVIDIA Fake GPU'\n";

/** A folder with `docker` and `nvidia-smi` in `bin/`. */
export class FakeDocker implements Disposable {
  readonly folder = new TempFolder();

  constructor(images: string[] = []) {
    for (const name of ["bin", "docker"]) Deno.mkdirSync(this.folder.file(name));
    Deno.chmodSync(this.folder.file("bin/docker", DOCKER), 0o755);
    Deno.chmodSync(this.folder.file("bin/nvidia-smi", NVIDIA_SMI), 0o755);
    this.folder.file("docker/images", images.map((image) => `${image}\n`).join(""));
  }

  /** The environment in which it is found, with an engine cache of its own. */
  get env(): Record<string, string> {
    return {
      PATH: `${this.folder.path}/bin:/usr/bin:/bin`,
      BENCH_ENGINES_DIR: this.folder.file("engines"),
    };
  }

  /** From now on it is a client without an engine. */
  stopEngine(): void {
    this.folder.file("docker/no-engine", "");
  }

  /** What it was called with, a line for each call. */
  get calls(): string[] {
    return textOf(this.folder.file("docker/calls")).trim().split("\n");
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

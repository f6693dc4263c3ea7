/** The GPU of a study: is it there, is it the right one, is it all ours, is it in a state to measure. */
import type { Config } from "@/config/schema.ts";
import { cudaNeed } from "@/engines/cuda_requirements.ts";
import { usesGpu } from "@/engines/engine.ts";
import { pythonEngine, type PythonKind } from "@/engines/python_engines.ts";
import { servingSettings } from "@/engines/support/serving_settings.ts";
import { otherTenants } from "@/run/gpu_guard.ts";
import { blocker, type Check, ok, warning } from "./check.ts";
import type { Card, GpuFacts } from "./gpu_facts.ts";

/** Lines for the cards; a study without an entry on a GPU needs none. */
export function gpuChecks(facts: GpuFacts, config: Config): Check[] {
  const needed = gpuEntries(config).length > 0;
  if ("missing" in facts) {
    const found = `none can be used: ${facts.said}`;
    if (!needed) return [ok("GPU", `${found}; no entry of this study needs one`)];
    const to_do = facts.missing === "no program"
      ? "use a machine with an NVIDIA GPU and its driver; in a container, start it with --gpus all"
      : "install or reload NVIDIA's driver (modprobe nvidia; a reboot after an update), then try nvidia-smi";
    return [blocker("GPU", found, to_do)];
  }
  if (facts.cards.length === 0) {
    return [
      blocker("GPU", "nvidia-smi lists no card", "check that the container or VM is given one"),
    ];
  }
  const used = facts.cards.slice(0, gpusWanted(config));
  return [
    ...facts.cards.map(cardLine),
    ...countCheck(facts.cards, config),
    ...nameCheck(used, config),
    ...driverChecks(facts.cards[0]!, config),
    tenantCheck(facts, config),
    ...used.flatMap(stateChecks),
  ];
}

const gpuEntries = ({ engines }: Config) => Object.entries(engines).filter(([, e]) => usesGpu(e));

function gpusWanted(config: Config): number {
  const counts = gpuEntries(config).map(([, entry]) =>
    servingSettings(entry.kind as PythonKind, "extra_args" in entry ? entry.extra_args : []).gpus
  );
  return Math.max(1, ...counts);
}

function cardLine({ index, name, memory_mib, compute_capability }: Card): Check {
  const capability = compute_capability === null
    ? ""
    : `, compute capability ${compute_capability}`;
  return ok(`GPU ${index}`, `${name}, ${memory_mib} MiB${capability}`);
}

function countCheck(cards: readonly Card[], config: Config): Check[] {
  const wanted = gpusWanted(config);
  if (cards.length < wanted) {
    const found = `an entry asks for ${wanted} (tensor parallel size), ${cards.length} here`;
    return [blocker("GPU count", found, "lower it in extra_args, or use a machine with more")];
  }
  if (cards.length === wanted) return [];
  return [ok("GPU count", `${cards.length} here, the study uses the first ${wanted}`)];
}

function nameCheck(cards: readonly Card[], { hardware }: Config): Check[] {
  const other = cards.find(({ name }) => hardware.gpu !== undefined && name !== hardware.gpu);
  if (other === undefined) return [];
  const found = `the config is for ${hardware.gpu}, this is ${other.name}`;
  return [
    warning("GPU name", found, "change hardware.gpu, so that the report names the right card"),
  ];
}

function driverChecks({ driver }: Card, config: Config): Check[] {
  const branch = Number(driver.split(".")[0]);
  return gpuEntries(config).map(([name, entry]) => {
    const topic = `driver for ${name}`;
    const kind = entry.kind as PythonKind;
    const version = "executable" in entry && entry.executable !== undefined
      ? "version" in entry && entry.version || "a program of unknown version"
      : pythonEngine({ ...entry, kind }).version;
    const need = cudaNeed(kind, version);
    if (need === null) {
      const found = `${driver}; which CUDA ${kind} ${version} wants is not known here`;
      return warning(topic, found, "see its release notes");
    }
    const found = `${driver}; ${kind} ${version} is built for CUDA ${need.cuda}, which wants ` +
      `${need.driver} or newer`;
    if (branch >= need.driver) return ok(topic, found);
    const to_do = `install driver ${need.driver} or newer (a rented pod has its host's: choose ` +
      `another host), or set an older \`version\` of the entry`;
    return blocker(topic, found, to_do);
  });
}

function tenantCheck(
  { cards, processes }: Extract<GpuFacts, { cards: unknown }>,
  { hardware }: Config,
): Check {
  const memory_used_mib = cards.map(({ used_mib }) => used_mib ?? 0);
  const tenants = otherTenants({ memory_used_mib, processes }, hardware.gpu_empty);
  if (tenants === null) {
    const free = cards.map(({ index, memory_mib, used_mib }) =>
      used_mib === null
        ? `GPU ${index}: not told`
        : `${memory_mib - used_mib} of ${memory_mib} MiB of GPU ${index}`
    );
    return ok("GPU memory", `free: ${free.join(", ")}; no other process is seen on it`);
  }
  const [found, ...to_do] = tenants.split("; ") as [string, ...string[]];
  const level = hardware.allow_other_tenants ? warning : blocker;
  return level("GPU memory", found, to_do.join("; "));
}

/** Reasons that slow a card down from outside, so that its numbers are not its own. */
const SLOWED = [
  "hw_slowdown",
  "sw_thermal_slowdown",
  "hw_thermal_slowdown",
  "hw_power_brake_slowdown",
];

function stateChecks(card: Card): Check[] {
  const at = `GPU ${card.index}`;
  return [
    card.mig === "Enabled"
      ? blocker(
        `${at} MIG`,
        "on: the card is split, and a slice's numbers are not the card's",
        "ask who set it up; if it is yours: sudo nvidia-smi -mig 0",
      )
      : ok(`${at} MIG`, card.mig === null ? "this card has none" : "off"),
    persistenceCheck(at, card),
    clockCheck(at, card),
    powerCheck(at, card),
  ];
}

function persistenceCheck(at: string, { persistence }: Card): Check {
  const topic = `${at} persistence`;
  if (persistence === "Enabled") return ok(topic, "on");
  const found = persistence === null ? "not told" : "off: the driver unloads between launches";
  return warning(topic, found, "sudo nvidia-smi -pm 1; where a container may not, leave it");
}

function clockCheck(at: string, card: Card): Check {
  const { sm_mhz, max_sm_mhz, temperature_c, clock_reasons } = card;
  const told = (value: number | null, unit: string) =>
    value === null ? `? ${unit}` : `${value} ${unit}`;
  const found = `SM clock ${told(sm_mhz, "MHz")} now, at most ${told(max_sm_mhz, "MHz")}; ${
    told(temperature_c, "°C")
  }`;
  const slowed = clock_reasons.filter((reason) => SLOWED.includes(reason));
  if (slowed.length === 0) return ok(`${at} clocks`, found);
  return warning(
    `${at} clocks`,
    `${found}; held back by ${slowed.join(", ")}`,
    "see to cooling and power; each trial records these reasons",
  );
}

function powerCheck(at: string, { power_limit_w, default_power_limit_w }: Card): Check {
  const topic = `${at} power`;
  if (power_limit_w === null) return ok(topic, "limit not told");
  if (default_power_limit_w === null || power_limit_w >= default_power_limit_w) {
    return ok(topic, `limit ${power_limit_w} W`);
  }
  return warning(
    topic,
    `limit ${power_limit_w} W, below the card's own ${default_power_limit_w} W`,
    `sudo nvidia-smi -i ${at.slice(4)} -pl ${
      Math.round(default_power_limit_w)
    }, or say it beside the numbers`,
  );
}

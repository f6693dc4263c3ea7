/** Keeps secrets of the environment and of command lines out of what is printed and recorded. */
import type { Config, EngineEntry } from "@/config/schema.ts";
import { isSecretName } from "@/config/secret_names.ts";

/** What stands for a secret. */
export const MASK = "***";

/** Shorter values are masked only where they stand alone: they are too likely parts of other words. */
const SHORTEST_PART = 6;

/** The values of the environment's secret variables and of those named in `more`, longest first. */
export function secretValues(
  environment: Record<string, string> = Deno.env.toObject(),
  more: readonly string[] = [],
): string[] {
  const secret = Object.entries(environment).filter(([name, value]) =>
    value !== "" && (isSecretName(name) || more.includes(name))
  );
  return [...new Set(secret.map(([, value]) => value))].sort((a, b) => b.length - a.length);
}

/** The text without the secrets' values and without user and password of URLs. */
export function masked(text: string, secrets: readonly string[] = secretValues()): string {
  if (secrets.includes(text)) return MASK;
  const hidden = secrets.filter(({ length }) => length >= SHORTEST_PART)
    .reduce((seen, secret) => seen.replaceAll(secret, MASK), text);
  return hidden.replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"<>]+@/gi, `$1${MASK}@`);
}

/** A command line without secrets: neither by the name of a flag nor by their values. */
export function maskedArgv(
  argv: readonly string[],
  secrets: readonly string[] = secretValues(),
): string[] {
  return argv.map((word, i) => {
    const before = argv[i - 1] ?? "";
    if (isFlag(before) && !before.includes("=") && !isFlag(word) && isSecretName(before)) {
      return MASK;
    }
    // A flag with its value, or a variable as a container is given it.
    const [, flag, value] = /^(-{0,2}[A-Za-z_][\w.-]*)=(.*)$/s.exec(word) ?? [];
    if (flag !== undefined && isSecretName(flag) && value !== "") return `${flag}=${MASK}`;
    return masked(word, secrets);
  });
}

function isFlag(word: string): boolean {
  return /^--?[A-Za-z]/.test(word);
}

/** The values that are secret for that entry: the environment's, and the key that the entry names. */
export function secretsOf(entry: EngineEntry | undefined): string[] {
  const named = entry?.kind === "external" ? entry.api_key_env : undefined;
  return secretValues(undefined, named === undefined ? [] : [named]);
}

/** The config with its entries' `extra_args` as they may be recorded. */
export function configWithoutSecrets(config: Config): Config {
  const engines = Object.entries(config.engines).map(([name, entry]) => [
    name,
    "extra_args" in entry ? { ...entry, extra_args: maskedArgv(entry.extra_args) } : entry,
  ]);
  return { ...config, engines: Object.fromEntries(engines) };
}

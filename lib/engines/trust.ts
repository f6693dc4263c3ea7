/** Whose certificates are trusted, and what is said of proxies. */

/** Proxies that the environment names; they are never used, since they would be measured, too. */
const PROXY_VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

/**
 * Lets this process trust the system's certificates besides Mozilla's, unless the user chose.
 * Deno reads the variable when it first needs it.
 */
export function trustSystemCertificates(): void {
  const name = "DENO_TLS_CA_STORE";
  if (Deno.env.get(name) === undefined) Deno.env.set(name, "system,mozilla");
}

/** The certificates in a PEM file. Throws with what to do when there are none. */
export function readCertificates(path: string): string {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    throw new Error(`ca_file ${path} ${why}; name a PEM file with the signer's certificate`);
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new Error(
      `ca_file ${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
    );
  }
  return text;
}

/** What to say of proxies when a server cannot be reached; empty where none is named or it is near. */
export function proxyNote(url: string): string {
  const { hostname } = new URL(url);
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) return "";
  const named = PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()])
    .find((name) => Deno.env.get(name));
  if (named === undefined) return "";
  return `; ${named} is set and was not used, since the proxy would be measured, too: run this from where the server can be reached without one`;
}

/** What went wrong between client and server, below HTTP, in words that say what to do. */

/** What is known of a failed connection, by its code or its text: OpenSSL's words and rustls's. */
const EXPLAINED: [RegExp, string][] = [
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|UnknownIssuer|unknown ?issuer|unable to (verify|get)|CaUsedAsEndEntity/i,
    "its certificate is signed by nobody who is trusted here; give the certificate of its signer as ca_file",
  ],
  [
    /CERT_HAS_EXPIRED|certificate.*expired|: Expired/i,
    "its certificate has expired; renew it, or set this machine's clock right",
  ],
  [/CERT_NOT_YET_VALID|NotValidYet/i, "its certificate is not valid yet; is the clock right?"],
  [
    /ALTNAME_INVALID|NotValidForName/i,
    "its certificate is for another name; use a name that it carries in base_url",
  ],
  [
    /EPROTO|WRONG_VERSION_NUMBER|InvalidContentType|corrupt message|wrong version number/i,
    "it does not speak TLS here; is it http:// ?",
  ],
  [/ENOTFOUND|EAI_AGAIN|getaddrinfo|lookup/i, "its name cannot be resolved; is base_url right?"],
  [/ECONNREFUSED/, "nobody listens there"],
  [/CONNECT_TIMEOUT|ETIMEDOUT/, "is the address right, and does no firewall drop it?"],
  [/EMFILE|ENFILE/, "this process may open no more files; raise `ulimit -n`"],
  [
    /EADDRNOTAVAIL/,
    "this machine has no port left for another connection; use fewer users, or wait a minute",
  ],
  [/HEADERS_OVERFLOW/, "the head of its answer is larger than 16 KiB; is it an inference server?"],
  [/bad response/, "it sent 100 Continue, which was not asked for; is a proxy before it?"],
  [/bad upgrade/, "it switched to another protocol, which was not asked for"],
  [/does not match the HTTP/, "is it an HTTP server, and is it http:// or https:// ?"],
];

/** An error's message with its code and, where they are known, the cause and what to do. */
export function connectError(error: Error): string {
  const { code } = error as { code?: string };
  const messages = [error.message, (error.cause as Error | undefined)?.message];
  const said = [...new Set(messages)].filter(Boolean).join(": ");
  const seen = code && !said.includes(code) ? `${said} (${code})` : said || error.name;
  const known = EXPLAINED.find(([pattern]) => pattern.test(seen));
  return known === undefined ? seen : `${seen}: ${known[1]}`;
}

/** Whether the server's certificate was refused, which no waiting mends. */
export function isCertificateError({ code, message }: Error & { code?: string }): boolean {
  return /CERT|ALTNAME|UNABLE_TO_(VERIFY|GET)|invalid peer certificate/.test(`${code} ${message}`);
}

/** Which names of variables and flags hold secrets. */

/** Names whose values are secrets, by a word that ends like one of these. `TOKENIZERS_…` is none. */
const SECRET_NAME =
  /(TOKEN|KEY|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(_|$)|(^|_)(AUTH|AUTHORIZATION|PAT)(_|$)/i;

/** Names of settings in which a token is a piece of text, e.g. `--prefill-ms-per-token`. */
const TEXT_TOKEN =
  /(^|_)(PER|FIRST|LAST|NEXT|INTER|EOS|BOS|PAD|STOP)_TOKEN(_|$)|TOKEN_(THRESHOLD|IDS?|MAP|LATENCY|USAGE|DISTRIBUTION|COUNT|LIMIT|BUDGET)(_|$)/i;

/** Whether a variable or flag of that name holds a secret. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/^-+/, "").replaceAll(/[-.]/g, "_");
  return SECRET_NAME.test(words) && !TEXT_TOKEN.test(words);
}

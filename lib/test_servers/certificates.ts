/** Certificates that a test makes for itself with the openssl program. */
import type { TempFolder } from "./processes.ts";

export interface Certificate {
  /** PEM. */
  key: string;
  cert: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Signs certificates in a test's folder; nothing on the machine trusts it. */
export class Authority {
  private constructor(readonly folder: TempFolder, readonly caFile: string) {}

  static async create(folder: TempFolder): Promise<Authority> {
    const caFile = folder.file("authority.pem");
    const key = ["-keyout", folder.file("authority.key"), "-out", caFile];
    await openssl(["req", "-x509", ...KEY, ...key, "-days", "2", "-subj", "/CN=test authority"]);
    return new Authority(folder, caFile);
  }

  /** A certificate for that subject alternative name, e.g. `IP:127.0.0.1`, valid for so many days. */
  async issue(name = "IP:127.0.0.1", days = 2): Promise<Certificate> {
    const { folder } = this;
    const [key, request, cert] = ["s.key", "s.csr", "s.pem"].map((part) => folder.file(part));
    const extension = folder.file("s.ext", `subjectAltName=${name}\n`);
    await openssl(["req", ...KEY, "-keyout", key!, "-out", request!, "-subj", "/CN=server"]);
    await openssl([
      ...["x509", "-req", "-in", request!, "-out", cert!, "-days", String(days)],
      ...["-CA", this.caFile, "-CAkey", folder.file("authority.key"), "-CAcreateserial"],
      ...["-extfile", extension],
    ]);
    return { key: Deno.readTextFileSync(key!), cert: Deno.readTextFileSync(cert!) };
  }
}

async function openssl(args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args }).output();
  if (!success) throw new Error(`openssl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/**
 * Certificates of servers on 127.0.0.1, by openssl.
 *
 * @module
 */

import { runProgram } from "../run_berth.ts";

const NO_AUTHORITY: readonly string[] = ["-addext", "basicConstraints=critical,CA:FALSE"];

/**
 * Makes a certificate with its key, in `<path>.pem` and `<path>.key`: one that vouches for itself, or that an authority
 * whose files are given in the same way vouches for.
 */
export async function makeServerCertificate(
  path: string,
  commonName: string,
  authority: string | null = null,
): Promise<void> {
  const issuer = authority === null
    ? []
    : ["-CA", `${authority}.pem`, "-CAkey", `${authority}.key`, ...NO_AUTHORITY];
  const { code, stderr } = await runProgram("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...[
      "-keyout",
      `${path}.key`,
      "-out",
      `${path}.pem`,
      "-days",
      "2",
      "-subj",
      `/CN=${commonName}`,
    ],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", ...issuer],
  ]);
  if (code !== 0) throw new Error(`openssl failed: ${stderr}`);
}

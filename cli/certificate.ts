/**
 * The certificate of the server.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { StorageError } from "../storage/errors.ts";

/** PEM files of a certificate with its chain, and of its key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** What the files hold, as `Deno.serve` takes it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads the files. Throws a `StorageError` that names the setting and the file when one cannot be read or is no PEM, or
 * when the two do not belong together.
 */
export function readCertificate(files: CertificateFiles): Certificate {
  const cert = readPem("certificate", files.certificate);
  const key = readPem("key", files.key);
  const first = parsePem("certificate", files.certificate, () => firstCertificate(cert));
  const own = parsePem("key", files.key, () => publicKeyOf(key));
  // DER has one encoding of a public key, and the certificate holds it as it is (RFC 5280, section 4.1).
  if (first.includes(own)) return { cert, key };
  throw new StorageError(
    "invalid",
    `http.tls.key: "${files.key}" is not the key of the certificate in "${files.certificate}"; ` +
      "pass the two that were made together, the server's certificate before its chain",
  );
}

/** The text of a file of authorities that sign certificates of clients. Throws as `readCertificate()` does. */
export function readAuthorities(path: string): string {
  const text = readPem("clientcas", path);
  parsePem("clientcas", path, () => new X509Certificate(text));
  return text;
}

/** Changes when one of the files does; `null` while one of them cannot be looked at. */
export function certificateStamp(files: CertificateFiles): string | null {
  try {
    const infos = [Deno.statSync(files.certificate), Deno.statSync(files.key)];
    return infos.map(({ mtime, size, ino }) => `${mtime?.getTime()} ${size} ${ino}`).join(" ");
  } catch {
    return null;
  }
}

/** The settings below `http.tls` that name PEM files. */
type PemKey = keyof CertificateFiles | "clientcas";

function readPem(key: PemKey, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.name : String(error);
    throw new StorageError("invalid", `http.tls.${key}: cannot read "${path}": ${reason}`, {
      cause: error,
    });
  }
}

const PEM_NAMES: Readonly<Record<PemKey, string>> = {
  certificate: "certificate",
  key: "key",
  clientcas: "certificate",
};

/** The bytes of the first certificate of a chain. Throws when it is none. */
function firstCertificate(chain: string): Buffer {
  new X509Certificate(chain);
  const [, base64 = ""] = /-----BEGIN CERTIFICATE-----([^-]*)/.exec(chain) ?? [];
  return Buffer.from(base64, "base64");
}

/** The public half of a key, as certificates hold it. */
function publicKeyOf(privateKey: string): Buffer {
  return createPublicKey(createPrivateKey(privateKey)).export({ type: "spki", format: "der" });
}

/** What the parsers say could repeat what is in the file. */
function parsePem<T>(key: PemKey, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new StorageError(
      "invalid",
      `http.tls.${key}: "${path}" is no PEM file of a ${PEM_NAMES[key]}`,
      {
        cause: error,
      },
    );
  }
}

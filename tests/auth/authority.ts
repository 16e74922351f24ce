/**
 * Certificate authorities that openssl makes, and tokens that are signed with what they vouch for.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto";

/** A key with the certificate that somebody gave for it. */
export interface Certified {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  /** PEM files, without their extensions `.key` and `.pem`. */
  readonly path: string;
}

/** Makes an authority that vouches for itself, or one that another vouches for. `extensions` are those of openssl. */
export function makeAuthority(
  path: string,
  by: Certified | null = null,
  extensions: readonly string[] = ["basicConstraints=critical,CA:TRUE"],
): Promise<Certified> {
  return certify(path, by, extensions.flatMap((extension) => ["-addext", extension]));
}

/** Makes a key that an authority vouches for, and that may vouch for none. */
export function makeSigner(path: string, by: Certified, days = 10): Promise<Certified> {
  return certify(path, by, ["-addext", "basicConstraints=critical,CA:FALSE"], days);
}

/** Another certificate for the name and the key of an authority, which it has signed itself. */
export async function certifyAgain(path: string, authority: Certified): Promise<Certified> {
  const subject = `/${authority.certificate.subject.replaceAll("\n", "/")}`;
  await openssl([
    ...["req", "-x509", "-key", `${authority.path}.key`, "-out", `${path}.pem`, "-days", "10"],
    ...["-subj", subject, "-addext", "basicConstraints=critical,CA:TRUE"],
  ]);
  const certificate = new X509Certificate(await Deno.readTextFile(`${path}.pem`));
  return { key: authority.key, certificate, path };
}

async function openssl(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args: [...args] }).output();
  if (!success) throw new Error(`openssl failed: ${new TextDecoder().decode(stderr)}`);
}

async function certify(
  path: string,
  by: Certified | null,
  extensions: readonly string[],
  days = 10,
): Promise<Certified> {
  const issuer = by === null ? [] : ["-CA", `${by.path}.pem`, "-CAkey", `${by.path}.key`];
  await openssl([
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", `${path}.key`, "-out", `${path}.pem`, "-days", String(days)],
    ...["-subj", `/CN=${path.slice(path.lastIndexOf("/") + 1)}`, ...extensions, ...issuer],
  ]);
  return {
    key: createPrivateKey(await Deno.readTextFile(`${path}.key`)),
    certificate: new X509Certificate(await Deno.readTextFile(`${path}.pem`)),
    path,
  };
}

/** Certificates as the header of a token holds them. */
export function chainOf(...certified: readonly Certified[]): readonly string[] {
  return certified.map(({ certificate }) => Buffer.from(certificate.raw).toString("base64"));
}

/** A token in compact form, signed with ES256, whatever its header says besides. */
export function signToken(
  key: KeyObject,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  const encode = (value: unknown): string => {
    return Buffer.from(JSON.stringify(value)).toString("base64url");
  };
  const signed = `${encode({ alg: "ES256", typ: "JWT", ...header })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** Claims that hold for five minutes from now. */
export function claimsNow(
  access: readonly unknown[],
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const seconds = Math.floor(Date.now() / 1000);
  const times = { nbf: seconds, iat: seconds, exp: seconds + 300 };
  return { iss: "issuer.test", aud: "berth.test", sub: "alice", ...times, access, ...changes };
}

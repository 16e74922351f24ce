/**
 * Chains of certificates from the one that signed a token to one that is trusted (RFC 5280, section 6).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { TOKEN_CERTIFICATES_MAX } from "../../storage/limits.ts";

/**
 * Reads the certificates of a header (RFC 7515, section 4.1.6): base64 of DER, the signer's first. Throws for none,
 * for too many, and for what is no certificate.
 */
export function parseChain(x5c: readonly string[]): readonly X509Certificate[] {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > TOKEN_CERTIFICATES_MAX) {
    throw new TypeError(`A token carries 1 to ${TOKEN_CERTIFICATES_MAX} certificates`);
  }
  return x5c.map((each) => new X509Certificate(Buffer.from(each, "base64")));
}

/**
 * Whether the first certificate is one of the roots, or is signed by one, directly or through the others; all of
 * them must be valid now, and all but the first must be those of authorities.
 */
export function isTrusted(
  [leaf, ...others]: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  nowMs: number,
): boolean {
  if (leaf === undefined || !isValidAt(leaf, nowMs)) return false;
  if (roots.some((root) => root.raw.equals(leaf.raw))) return true;
  if (roots.some((root) => isValidAt(root, nowMs) && hasSigned(root, leaf))) return true;
  // Each certificate is used once, so this ends.
  return others.some((issuer, index) =>
    hasSigned(issuer, leaf) &&
    isTrusted([issuer, ...others.filter((_, other) => other !== index)], roots, nowMs)
  );
}

function hasSigned(issuer: X509Certificate, subject: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return Date.parse(certificate.validFrom) <= nowMs && nowMs <= Date.parse(certificate.validTo);
}

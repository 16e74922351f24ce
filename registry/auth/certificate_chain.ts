/**
 * Chains of certificates from the one that signed a token to one that is trusted (RFC 5280, section 6).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { TOKEN_CERTIFICATES_MAX, TOKEN_SIGNATURES_MAX } from "../../storage/limits.ts";
import { signingRights } from "./certificate_extensions.ts";

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
 * them must be valid now, and all but the first must be those of authorities that may sign so long a chain. What an
 * authority says of names is not understood: one with such constraints is refused where they are critical.
 */
export function isTrusted(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  nowMs: number,
): boolean {
  return isTrustedBelow(chain, 0, { roots, nowMs, signaturesLeft: TOKEN_SIGNATURES_MAX });
}

/** What a search for a way to a root goes by. */
interface Search {
  readonly roots: readonly X509Certificate[];
  readonly nowMs: number;
  /** Signatures that may still be checked: a token can have more ways than there is time for. */
  signaturesLeft: number;
}

/** `authoritiesBelow` are those between the first certificate and the end of the chain. */
function isTrustedBelow(
  [leaf, ...others]: readonly X509Certificate[],
  authoritiesBelow: number,
  search: Search,
): boolean {
  const { roots, nowMs } = search;
  if (leaf === undefined || !isValidAt(leaf, nowMs)) return false;
  if (roots.some((root) => root.raw.equals(leaf.raw))) return true;
  const signers = roots.filter((root) => isValidAt(root, nowMs));
  if (signers.some((root) => maySign(root, leaf, authoritiesBelow, search))) return true;
  // Each certificate is used once, so this ends.
  return others.some((issuer, index) => {
    if (!maySign(issuer, leaf, authoritiesBelow, search)) return false;
    const rest = others.filter((_, other) => other !== index);
    return isTrustedBelow([issuer, ...rest], authoritiesBelow + 1, search);
  });
}

function maySign(
  issuer: X509Certificate,
  subject: X509Certificate,
  authoritiesBelow: number,
  search: Search,
): boolean {
  if (!issuer.ca || !subject.checkIssued(issuer) || search.signaturesLeft === 0) return false;
  search.signaturesLeft--;
  if (!subject.verify(issuer.publicKey)) return false;
  const rights = signingRights(issuer);
  if (rights === null || !rights.signsCertificates || signingRights(subject) === null) return false;
  return rights.pathLengthMax === null || authoritiesBelow <= rights.pathLengthMax;
}

function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return Date.parse(certificate.validFrom) <= nowMs && nowMs <= Date.parse(certificate.validTo);
}

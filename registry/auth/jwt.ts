/**
 * JSON Web Tokens: signing and checking signatures (RFC 7515, 7519).
 *
 * @module
 */

import { calculateJwkThumbprint, compactVerify, type JWK, SignJWT } from "jose";

export type { JWK };

/** Algorithms of signatures that can be checked. None of them takes a secret that signs as well as it checks. */
export const SIGNING_ALGORITHMS: readonly string[] = [
  "EdDSA",
  "RS256",
  "RS384",
  "RS512",
  "ES256",
  "ES384",
  "ES512",
  "PS256",
  "PS384",
  "PS512",
];

/** The part of a token's header that names its key. Everything in it is the sender's claim. */
export interface TokenHeader {
  readonly kid?: string;
  readonly jwk?: JWK;
  readonly x5c?: readonly string[];
}

/** Finds the key that a header names; throws when it names none that is trusted. */
export type KeyFinder = (header: TokenHeader) => Promise<JWK>;

/**
 * The claims of a token in compact form whose signature is right. Throws for a token that is malformed, signed with
 * an algorithm other than `algorithms`, or by none of the keys; looks at no claim.
 */
export async function verifySignature(
  token: string,
  findKey: KeyFinder,
  algorithms: readonly string[],
): Promise<unknown> {
  const { payload } = await compactVerify(
    token,
    async (header) => ({ ...await findKey(header), alg: header.alg }),
    { algorithms: [...algorithms] },
  );
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
}

/** Signs claims with an Ed25519 key, which the header names by its `kid`. */
export function signClaims(claims: Readonly<Record<string, unknown>>, key: JWK): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT", ...(key.kid ? { kid: key.kid } : {}) })
    .sign({ ...key, alg: "EdDSA" });
}

/** The thumbprint of a key (RFC 7638) with SHA-256; throws for a key of an unknown type. */
export function thumbprint(key: JWK): Promise<string> {
  return calculateJwkThumbprint(key);
}

/**
 * The keys that a token may be signed with: those of a bundle of certificates and of a JSON key set.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash, X509Certificate } from "node:crypto";
import { readAuthFile } from "./auth_file.ts";
import { isTrusted, parseChain } from "./certificate_chain.ts";
import { type JWK, thumbprint, type TokenHeader } from "./jwt.ts";
import { AuthOptionsError, type TokenOptions } from "./options.ts";

/** Keys, and certificates that vouch for other keys. */
export class TrustedKeys {
  readonly #roots: readonly X509Certificate[];
  readonly #keys: ReadonlyMap<string, JWK>;
  readonly #nowMs: () => number;

  private constructor(
    roots: readonly X509Certificate[],
    keys: ReadonlyMap<string, JWK>,
    nowMs: () => number,
  ) {
    this.#roots = roots;
    this.#keys = keys;
    this.#nowMs = nowMs;
  }

  /**
   * Reads the files that the options name. `nowMs` is in milliseconds since 1970. Throws an `AuthOptionsError` for a
   * file that cannot be read, and when there is no key at all.
   */
  static async load(
    { rootcertbundle, jwks }: Pick<TokenOptions, "rootcertbundle" | "jwks">,
    nowMs: () => number,
  ): Promise<TrustedKeys> {
    const roots = rootcertbundle === null ? [] : readCertificates(rootcertbundle);
    const keys = new Map<string, JWK>();
    for (const { publicKey } of roots) {
      const key = publicKey.export({ format: "jwk" }) as JWK;
      keys.set(await thumbprint(key), key);
      keys.set(libtrustId(publicKey.export({ format: "der", type: "spki" })), key);
    }
    for (const key of jwks === null ? [] : readKeySet(jwks)) {
      keys.set(key.kid ?? await thumbprint(key), key);
    }
    if (keys.size > 0) return new TrustedKeys(roots, keys, nowMs);
    throw new AuthOptionsError(
      "auth.token has no key to check tokens with; set rootcertbundle or jwks to a file that holds some",
    );
  }

  /**
   * The key that a token's header names: by a chain of certificates, by a key of its own that is one of those trusted,
   * or by `kid`, in this order. Throws when that key is not trusted. The key is always taken from the files or from a
   * certificate, never from the header alone.
   */
  find({ x5c, jwk, kid }: TokenHeader): Promise<JWK> {
    if (x5c !== undefined) return Promise.resolve(this.#ofChain(x5c));
    if (jwk === undefined) return Promise.resolve(this.#ofId(kid));
    if (jwk.x5c !== undefined) return Promise.resolve(this.#ofChain(jwk.x5c));
    return this.#ofKey(jwk);
  }

  #ofChain(x5c: readonly string[]): JWK {
    const chain = parseChain(x5c);
    if (chain[0] === undefined || !isTrusted(chain, this.#roots, this.#nowMs())) {
      throw new TypeError("The certificate of the token is not trusted");
    }
    return chain[0].publicKey.export({ format: "jwk" }) as JWK;
  }

  async #ofKey(jwk: JWK): Promise<JWK> {
    return this.#keys.get(await thumbprint(jwk)) ?? this.#ofId(jwk.kid);
  }

  #ofId(kid: string | undefined): JWK {
    const key = kid === undefined ? undefined : this.#keys.get(kid);
    if (key === undefined) throw new TypeError("The key of the token is not trusted");
    return key;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function readCertificates(path: string): readonly X509Certificate[] {
  return readAuthFile("auth.token.rootcertbundle", path, (text) => {
    return (text.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  });
}

/** The public keys of a key set. Secrets, which would let whoever checks tokens sign them, are left out. */
function readKeySet(path: string): readonly JWK[] {
  return readAuthFile("auth.token.jwks", path, (text) => {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    if (!Array.isArray(keys)) throw new TypeError('it has no list "keys"');
    return (keys as JWK[]).filter(({ kty }) => kty === "RSA" || kty === "EC" || kty === "OKP")
      .map(({ d: _private, ...key }) => key);
  });
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Name of a key in the manner of libtrust, which token servers of the time of distribution 2 put into `kid`. */
export function libtrustId(spki: Uint8Array): string {
  const hash = createHash("sha256").update(Buffer.from(spki)).digest().subarray(0, 30);
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => BASE32[parseInt(five, 2)]).join("");
  return (letters.match(/.{4}/g) ?? []).join(":");
}

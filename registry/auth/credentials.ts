/**
 * The `Authorization` header (RFC 9110, section 11.6.2), which is the first thing that a stranger can send.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { AUTHORIZATION_CHARACTERS_MAX, CREDENTIALS_CHARACTERS_MAX } from "../../storage/limits.ts";

/** A name and a password. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What was sent to say who it is. Names and passwords of `basic` may be empty. */
export type Authorization =
  | { readonly kind: "none" }
  | { readonly kind: "malformed" }
  | { readonly kind: "basic"; readonly credentials: Credentials }
  | { readonly kind: "bearer"; readonly token: string };

const MALFORMED: Authorization = { kind: "malformed" };

/** Reads the header. Anything that is neither Basic nor Bearer, or too long, is malformed. */
export function readAuthorization(headers: Headers): Authorization {
  const text = headers.get("Authorization");
  if (text === null || text === "") return { kind: "none" };
  if (text.length > AUTHORIZATION_CHARACTERS_MAX) return MALFORMED;
  const space = text.indexOf(" ");
  const scheme = text.slice(0, Math.max(0, space)).toLowerCase();
  const rest = text.slice(space + 1);
  if (scheme === "bearer" && rest !== "") return { kind: "bearer", token: rest };
  const credentials = scheme === "basic" ? parseBasic(rest) : null;
  return credentials === null ? MALFORMED : { kind: "basic", credentials };
}

/**
 * The credentials of Basic (RFC 7617), taken for UTF-8; `null` when they are not base64, not text, have control
 * characters or no colon.
 */
function parseBasic(encoded: string): Credentials | null {
  if (encoded.length > CREDENTIALS_CHARACTERS_MAX || encoded.length % 4 !== 0) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return null;
  const text = decodeUtf8(Buffer.from(encoded, "base64"));
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (text === null || /[\u0000-\u001f\u007f]/.test(text)) return null;
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

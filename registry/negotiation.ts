/**
 * Which manifests a client can take (RFC 9110, section 12.5.1), and what distribution does when it cannot.
 *
 * @module
 */

import type { Descriptor } from "../storage/descriptor.ts";
import { BoundedMap } from "../storage/bounded_map.ts";
import { ACCEPT_CHARACTERS_MAX, ACCEPT_RANGES_MAX, ACCEPTS_MAX } from "../storage/limits.ts";
import type { ManifestContent } from "../storage/manifest.ts";
import { manifestType, type Negotiated } from "./media_types.ts";

/** What an `Accept` header asks for: the weight, 0 to 1, of each media range, in lower case. */
export type Accept = ReadonlyMap<string, number>;

/** What to answer: the manifest that is stored, the child for the default platform, or that there is none. */
export type Choice = "stored" | "platform-fallback" | "hidden";

/** The child that stands in for a Docker manifest list, as in distribution. */
const DEFAULT_OS = "linux";
const DEFAULT_ARCHITECTURE = "amd64";

// RFC 9110, section 5.6.2. The whole range is matched before the parameters are looked at.
const MEDIA_RANGE_REGEXP = /^(?:\*\/\*|[!#$%&'*+.^_`|~a-z0-9-]+\/[!#$%&'*+.^_`|~a-z0-9-]+)$/;

// RFC 9110, section 12.4.2, and the leading zero may be missing: old Java clients send `*/*; q=.2`.
const WEIGHT_REGEXP = /^(?:0(?:\.\d{0,3})?|\.\d{1,3}|1(?:\.0{0,3})?)$/;

const parsedAccepts = new BoundedMap<string, Accept>(ACCEPTS_MAX);

/** Reads an `Accept` header as {@linkcode parseAccept} does, and remembers the latest. */
export function readAccept(header: string): Accept {
  const known = parsedAccepts.get(header);
  if (known !== undefined) return known;
  const accept = parseAccept(header);
  if (header.length <= ACCEPT_CHARACTERS_MAX) parsedAccepts.set(header, accept);
  return accept;
}

/**
 * Parses `Accept`; several headers arrive joined by commas. Parameters other than `q` are ignored, malformed
 * members are skipped, and of a range that is named twice the greater weight counts.
 */
export function parseAccept(header: string | null): Accept {
  const weights = new Map<string, number>();
  for (const member of splitOutsideQuotes(header ?? "", ",", ACCEPT_RANGES_MAX)) {
    const [range, ...parameters] = splitOutsideQuotes(member.toLowerCase(), ";", Infinity);
    const name = (range ?? "").trim();
    const weight = parseWeight(parameters);
    if (weight === null || !MEDIA_RANGE_REGEXP.test(name)) continue;
    weights.set(name, Math.max(weight, weights.get(name) ?? 0));
  }
  return weights;
}

/** The value of `q`, 1 where there is none; `null` when it is malformed. */
function parseWeight(parameters: readonly string[]): number | null {
  for (const parameter of parameters) {
    const text = parameter.trim();
    if (!text.startsWith("q=")) continue;
    const value = text.slice("q=".length);
    return WEIGHT_REGEXP.test(value) ? Number(`0${value}`) : null;
  }
  return 1;
}

/** The first `piecesMax` pieces of a header; a separator in a quoted string separates nothing. Linear. */
function splitOutsideQuotes(text: string, separator: string, piecesMax: number): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length && pieces.length < piecesMax; at++) {
    const character = text[at];
    if (isQuoted && character === "\\") {
      at++;
    } else if (character === '"') {
      isQuoted = !isQuoted;
    } else if (at >= text.length || (character === separator && !isQuoted)) {
      pieces.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return pieces;
}

/** The weight of a media type by the most specific range that covers it; `null` when none does. */
function weightOf(accept: Accept, mediaType: string): number | null {
  const family = mediaType.slice(0, mediaType.indexOf("/"));
  return accept.get(mediaType) ?? accept.get(`${family}/*`) ?? accept.get("*/*") ?? null;
}

/** What is answered when a client does not accept a manifest, by how its type is negotiated. */
const UNACCEPTED: Readonly<Record<Negotiated, (byTag: boolean) => Choice>> = {
  always: () => "stored",
  listed: () => "hidden",
  "by-tag-fallback": (byTag) => byTag ? "platform-fallback" : "stored",
};

/**
 * Chooses what to answer to a request for a manifest of this media type, by tag or by digest. A client that
 * names nothing gets what is stored; so does every client when what is stored is of an unknown media type.
 */
export function choose(accept: Accept, mediaType: string, byTag: boolean): Choice {
  if (accept.size === 0 || (weightOf(accept, mediaType) ?? 0) > 0) return "stored";
  const negotiated = manifestType(mediaType)?.negotiated ?? "always";
  if (negotiated === "always" && accept.get(mediaType) === 0) return "hidden";
  return UNACCEPTED[negotiated](byTag);
}

/** The first child of an index for linux/amd64, of any variant; `null` when there is none. */
export function linuxAmd64(content: ManifestContent): Descriptor | null {
  return content.manifests.find(({ platform }) =>
    platform?.os === DEFAULT_OS && platform.architecture === DEFAULT_ARCHITECTURE
  ) ?? null;
}

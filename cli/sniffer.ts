/**
 * Media types by content.
 *
 * @module
 */

import { OCI_CONFIG, OCTET_STREAM } from "../registry/media_types.ts";
import { isJsonObject, type JsonObject } from "../storage/descriptor.ts";
import { MANIFEST_BYTES_MAX, SNIFF_HEAD_BYTES } from "../storage/limits.ts";
import { isManifestMediaType, manifestContent, parseJson } from "../storage/manifest.ts";

const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

/** What content begins with: gzip (RFC 1952), Zstandard (RFC 8878), tar (POSIX `ustar`, GNU's likewise). */
const SIGNATURES: readonly { offset: number; bytes: readonly number[]; mediaType: string }[] = [
  { offset: 0, bytes: [0x1f, 0x8b], mediaType: `${OCI_LAYER}+gzip` },
  { offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], mediaType: `${OCI_LAYER}+zstd` },
  { offset: 257, bytes: [0x75, 0x73, 0x74, 0x61, 0x72], mediaType: OCI_LAYER },
];

const OPENING_BRACE = 0x7b;
const JSON_SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Is shown content piece by piece, and tells what it is. Keeps the head, and the whole of a small JSON document. */
export class MediaTypeSniffer {
  readonly #pieces: Uint8Array[] = [];
  #keptBytes = 0;
  #size = 0;
  #keepBytes = SNIFF_HEAD_BYTES;

  /** Takes the next piece, and copies what it keeps of it. */
  update(chunk: Uint8Array): void {
    if (this.#size === 0 && beginsObject(chunk)) this.#keepBytes = MANIFEST_BYTES_MAX;
    this.#size += chunk.length;
    if (this.#keptBytes === this.#keepBytes) return;
    const piece = chunk.slice(0, this.#keepBytes - this.#keptBytes);
    this.#pieces.push(piece);
    this.#keptBytes += piece.length;
  }

  /**
   * The media type of a manifest, index, image config or layer in OCI's words (Docker's where the document declares
   * them); `application/octet-stream` for anything else, and for JSON that is too large for a manifest.
   */
  mediaType(): string {
    const kept = new Uint8Array(this.#keptBytes);
    let offset = 0;
    for (const piece of this.#pieces) {
      kept.set(piece, offset);
      offset += piece.length;
    }
    const isWhole = this.#size === this.#keptBytes;
    return (isWhole && beginsObject(kept) ? documentType(kept) : signatureType(kept)) ??
      OCTET_STREAM;
  }
}

function beginsObject(bytes: Uint8Array): boolean {
  return bytes.find((byte) => !JSON_SPACES.has(byte)) === OPENING_BRACE;
}

function documentType(bytes: Uint8Array): string | null {
  const document = parseJson(new TextDecoder().decode(bytes));
  if (!isJsonObject(document)) return null;
  if (isConfig(document)) return OCI_CONFIG;
  const { mediaType } = manifestContent(document);
  return isManifestMediaType(mediaType) ? mediaType : null;
}

/** The members that a config must have (OCI image spec, "Image Configuration"); Docker's configs have them too. */
function isConfig(document: JsonObject): boolean {
  return typeof document.architecture === "string" && typeof document.os === "string" &&
    isJsonObject(document.rootfs);
}

function signatureType(head: Uint8Array): string | null {
  const found = SIGNATURES.find(({ offset, bytes }) =>
    bytes.every((byte, index) => head[offset + index] === byte)
  );
  return found?.mediaType ?? null;
}

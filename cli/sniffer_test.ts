import { assertEquals } from "@std/assert";
import { OCTET_STREAM } from "../registry/media_types.ts";
import { MANIFEST_BYTES_MAX } from "../storage/limits.ts";
import { DOCKER_IMAGE, DOCKER_INDEX, OCI_IMAGE, OCI_INDEX } from "../storage/manifest.ts";
import { MediaTypeSniffer } from "./sniffer.ts";

const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
const encoder = new TextEncoder();

/** The media type of content that is shown in pieces of one size, each in the same buffer. */
function sniff(content: Uint8Array | string, pieceBytes = 1_000_000): string {
  const bytes = typeof content === "string" ? encoder.encode(content) : content;
  const sniffer = new MediaTypeSniffer();
  const buffer = new Uint8Array(pieceBytes);
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    const piece = bytes.subarray(start, start + pieceBytes);
    buffer.set(piece);
    sniffer.update(buffer.subarray(0, piece.length));
  }
  buffer.fill(0);
  return sniffer.mediaType();
}

function tarBlock(): Uint8Array {
  const block = new Uint8Array(2048);
  block.set(encoder.encode("etc/passwd"));
  block.set(encoder.encode("ustar"), 257);
  return block;
}

const CONTENTS: readonly [what: string, content: Uint8Array | string, mediaType: string][] = [
  ["nothing", "", OCTET_STREAM],
  ["text", "berth", OCTET_STREAM],
  ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), `${OCI_LAYER}+gzip`],
  ["Zstandard", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), `${OCI_LAYER}+zstd`],
  ["the first byte of gzip", Uint8Array.of(0x1f), OCTET_STREAM],
  ["tar", tarBlock(), OCI_LAYER],
  ["an OCI image", '{"schemaVersion":2,"config":{},"layers":[]}', OCI_IMAGE],
  ["an OCI index after white space", '\n {"schemaVersion":2,"manifests":[]}', OCI_INDEX],
  ["an OCI index that says so", JSON.stringify({ mediaType: OCI_INDEX }), OCI_INDEX],
  ["a Docker image", JSON.stringify({ mediaType: DOCKER_IMAGE, layers: [] }), DOCKER_IMAGE],
  ["a Docker index", JSON.stringify({ mediaType: DOCKER_INDEX, manifests: [] }), DOCKER_INDEX],
  [
    "an image config",
    '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers"}}',
    OCI_CONFIG,
  ],
  ["other JSON", '{"mediaType":"text/html"}', OCTET_STREAM],
  ["a JSON list", '[{"config":{},"layers":[]}]', OCTET_STREAM],
  ["broken JSON", '{"config":{},"layers":[', OCTET_STREAM],
];

for (const [what, content, mediaType] of CONTENTS) {
  Deno.test(`MediaTypeSniffer.mediaType() knows ${what}, whole and byte by byte`, () => {
    assertEquals(sniff(content), mediaType);
    // The first byte tells whether a document begins; white space before it is looked for in the first piece only.
    if (typeof content !== "string" || !content.startsWith("\n")) {
      assertEquals(sniff(content, 1), mediaType);
    }
  });
}

Deno.test("MediaTypeSniffer.mediaType() takes JSON that is too large for a manifest for bytes", () => {
  const document = (bytes: number): string => {
    const text = '{"config":{},"layers":[]';
    return `${text}${" ".repeat(bytes - text.length - 1)}}`;
  };
  assertEquals(sniff(document(MANIFEST_BYTES_MAX)), OCI_IMAGE);
  assertEquals(sniff(document(MANIFEST_BYTES_MAX + 1)), OCTET_STREAM);
});

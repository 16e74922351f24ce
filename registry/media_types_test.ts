import { assert, assertEquals, assertFalse } from "@std/assert";
import { MANIFEST_KINDS, OCI_ARTIFACT } from "../storage/manifest.ts";
import { isForeignLayerType, MANIFEST_TYPES, manifestType, parseMediaType } from "./media_types.ts";

Deno.test("MANIFEST_TYPES has one row for each media type that the store reads and takes", () => {
  const types = MANIFEST_TYPES.map((type) => type.mediaType);
  assertEquals(
    [...types, OCI_ARTIFACT].toSorted(),
    Object.keys(MANIFEST_KINDS).toSorted() as typeof types,
  );
});

Deno.test("manifestType() finds rows by their exact media type", () => {
  for (const type of MANIFEST_TYPES) assertEquals(manifestType(type.mediaType), type);
  for (const mediaType of ["", "application/json", "__proto__", "constructor"]) {
    assertEquals(manifestType(mediaType), null);
  }
});

Deno.test("isForeignLayerType() knows the layers that are fetched from elsewhere", () => {
  assert(isForeignLayerType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  assert(isForeignLayerType("application/vnd.oci.image.layer.nondistributable.v1.tar"));
  assertFalse(isForeignLayerType("application/vnd.oci.image.layer.v1.tar"));
  assertFalse(isForeignLayerType(""));
});

Deno.test("parseMediaType() drops parameters, blanks and case", () => {
  const cases: readonly [string | null, string | null][] = [
    [null, null],
    ["", null],
    [" ", null],
    ["; charset=utf-8", null],
    ["text/plain", "text/plain"],
    [" Text/Plain ; charset=utf-8; x=y", "text/plain"],
  ];
  for (const [header, mediaType] of cases) assertEquals(parseMediaType(header), mediaType);
});

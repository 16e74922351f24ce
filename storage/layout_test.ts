import { assert, assertEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { parseDigest } from "./digest.ts";
import {
  below,
  blobData,
  blobDirectory,
  decodeLink,
  decodeTime,
  digestFromNames,
  encodeLink,
  encodeTime,
  gateCollector,
  gateLock,
  gateTurnstile,
  layerLink,
  layersDirectory,
  manifestsDirectory,
  referrerLink,
  referrersIndexed,
  referrersOf,
  referrersOfAlgorithm,
  repositoriesRoot,
  repositoryDirectory,
  repositoryPrefix,
  revisionLink,
  revisionsOf,
  skeletonOf,
  stagingDirectory,
  tagCurrentLink,
  tagDirectory,
  tagFromName,
  tagIndexLink,
  tagsDirectory,
  uploadData,
  uploadDirectory,
  uploadStartedAt,
} from "./layout.ts";
import { parseUploadId } from "./names.ts";
import { repository, tagOf } from "./store_kit.ts";

const NAME = repository("library/alpine");
const TAG = tagOf("3.20");
const HEX = "ab34".repeat(16);
const LONG_HEX = "cd56".repeat(32);
const UUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789";

const DIGEST = parseDigest(`sha256:${HEX}`);
const LONG_DIGEST = parseDigest(`sha512:${LONG_HEX}`);
const ID = parseUploadId(UUID);
assert(DIGEST !== null && LONG_DIGEST !== null && ID !== null);

const R = "docker/registry/v2";
const HERE = `${R}/repositories/library/alpine`;

/** Each path, and how distribution or berth spells it. */
const PATHS: Readonly<Record<string, string>> = {
  [blobData(DIGEST)]: `${R}/blobs/sha256/ab/${HEX}/data`,
  [blobData(LONG_DIGEST)]: `${R}/blobs/sha512/cd/${LONG_HEX}/data`,
  [blobDirectory(DIGEST)]: `${R}/blobs/sha256/ab/${HEX}`,
  [repositoriesRoot]: `${R}/repositories`,
  [repositoryDirectory(NAME)]: HERE,
  [repositoryPrefix("")]: `${R}/repositories`,
  [repositoryPrefix("library/")]: `${R}/repositories/library`,
  [layersDirectory(NAME)]: `${HERE}/_layers`,
  [layerLink(NAME, DIGEST)]: `${HERE}/_layers/sha256/${HEX}/link`,
  [layerLink(NAME, LONG_DIGEST)]: `${HERE}/_layers/sha512/${LONG_HEX}/link`,
  [manifestsDirectory(NAME)]: `${HERE}/_manifests`,
  [revisionsOf(NAME, "sha256")]: `${HERE}/_manifests/revisions/sha256`,
  [revisionLink(NAME, DIGEST)]: `${HERE}/_manifests/revisions/sha256/${HEX}/link`,
  [tagsDirectory(NAME)]: `${HERE}/_manifests/tags`,
  [tagDirectory(NAME, TAG)]: `${HERE}/_manifests/tags/3.20`,
  [tagCurrentLink(NAME, TAG)]: `${HERE}/_manifests/tags/3.20/current/link`,
  [tagIndexLink(NAME, TAG, DIGEST)]: `${HERE}/_manifests/tags/3.20/index/sha256/${HEX}/link`,
  [uploadDirectory(NAME, ID)]: `${HERE}/_uploads/${UUID}`,
  [uploadData(NAME, ID)]: `${HERE}/_uploads/${UUID}/data`,
  [uploadStartedAt(NAME, ID)]: `${HERE}/_uploads/${UUID}/startedat`,
  [referrersIndexed(NAME)]: `${HERE}/_referrers/indexed`,
  [referrersOf(NAME, DIGEST)]: `${HERE}/_referrers/sha256/${HEX}`,
  [referrersOfAlgorithm(NAME, DIGEST, "sha512")]: `${HERE}/_referrers/sha256/${HEX}/sha512`,
  [referrerLink(NAME, DIGEST, LONG_DIGEST)]:
    `${HERE}/_referrers/sha256/${HEX}/sha512/${LONG_HEX}/link`,
  [gateLock]: `${R}/_gate/gate`,
  [gateTurnstile]: `${R}/_gate/turnstile`,
  [gateCollector]: `${R}/_gate/collector`,
  [stagingDirectory]: `${R}/_staging`,
  [below(repositoriesRoot, "a")]: `${R}/repositories/a`,
};

Deno.test("the layout spells every path as distribution does", () => {
  assertEquals(Object.keys(PATHS), Object.values(PATHS));
});

Deno.test("the layout keeps to the characters that every driver of distribution takes", () => {
  for (const path of Object.keys(PATHS)) {
    assert(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/.test(path), path);
    assert(!path.split("/").includes(".."), path);
  }
});

Deno.test("skeletonOf() names what is inside before what it is in", () => {
  const directories = skeletonOf(NAME);
  for (const [index, directory] of directories.entries()) {
    assert(directory.startsWith(`${HERE}/_`), directory);
    const inside = directories.slice(index + 1).filter((other) =>
      other.startsWith(`${directory}/`)
    );
    assertEquals(inside, []);
  }
});

Deno.test("encodeLink() is the digest in ASCII, without a newline", () => {
  assertEquals(encodeLink(DIGEST), textBytes(`sha256:${HEX}`));
  assertEquals(encodeLink(DIGEST).length, 71);
  assertEquals(decodeLink(encodeLink(LONG_DIGEST)), LONG_DIGEST);
});

Deno.test("decodeLink() is null for what is no digest", () => {
  for (
    const text of ["", "sha256", `sha256:${HEX}\n`, `\uFEFFsha256:${HEX}`, `sha256:${HEX.slice(1)}`]
  ) {
    assertEquals(decodeLink(textBytes(text)), null, JSON.stringify(text));
  }
  assertEquals(decodeLink(new Uint8Array([0xff, 0xfe, 0x00])), null);
});

Deno.test("encodeTime() is UTC in whole seconds", () => {
  const timeMs = Date.UTC(2026, 10, 20, 17, 22, 0, 999);
  assertEquals(encodeTime(timeMs), textBytes("2026-11-20T17:22:00Z"));
  assertEquals(decodeTime(encodeTime(timeMs)), timeMs - 999);
});

Deno.test("decodeTime() reads the times of RFC 3339", () => {
  const timeMs = Date.UTC(2026, 10, 20, 17, 22, 0);
  for (
    const text of ["2026-11-20T17:22:00Z", "2026-11-20T19:22:00+02:00", "2026-11-20T17:22:00.0Z"]
  ) {
    assertEquals(decodeTime(textBytes(text)), timeMs, text);
  }
});

Deno.test("decodeTime() is null for what is no time, and for one that is truncated", () => {
  const time = "2026-11-20T17:22:00Z";
  for (let length = 0; length < time.length; length++) {
    assertEquals(decodeTime(textBytes(time.slice(0, length))), null, time.slice(0, length));
  }
  for (
    const text of ["junk", "1", `${time}\n`, `${time}x`, "2026-13-20T17:22:00Z", "0".repeat(20)]
  ) {
    assertEquals(decodeTime(textBytes(text)), null, text);
  }
});

Deno.test("digestFromNames() and tagFromName() pass over foreign names", () => {
  assertEquals(digestFromNames("sha256", HEX), DIGEST);
  assertEquals(tagFromName("3.20"), TAG);
  for (
    const [algorithm, hex] of [["sha256", "x"], ["md5", HEX], ["sha512", HEX], ["", ""]] as const
  ) {
    assertEquals(digestFromNames(algorithm, hex), null);
  }
  for (const name of ["", ".", "..", "-x", "a b", "a/b"]) assertEquals(tagFromName(name), null);
});

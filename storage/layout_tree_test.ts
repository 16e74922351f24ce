import { assertEquals } from "@std/assert";
import { digestBytes } from "./digest.ts";
import type { StoragePath } from "./driver.ts";
import {
  blobData,
  eventEndpointLock,
  eventEndpointPosition,
  eventSegment,
  eventsLock,
  gateCollector,
  gateLock,
  gateTurnstile,
  layerLink,
  quarantinedBlob,
  referrerLink,
  referrersIndexed,
  revisionLink,
  stagingDirectory,
  storeRoot,
  tagCurrentLink,
  tagIndexLink,
  uploadData,
  uploadStartedAt,
} from "./layout.ts";
import { walkLayout } from "./layout_tree.ts";
import { MemoryDriver } from "./memory.ts";
import { endpointIdOf, newUploadId, parseRepositoryName, parseTag } from "./names.ts";

const NAME = known(parseRepositoryName("team/app"));
const TAG = known(parseTag("v1.0"));
const DIGEST = digestBytes(new Uint8Array(), "sha256");
const LONG_DIGEST = digestBytes(new Uint8Array(), "sha512");
const ENDPOINT = known(endpointIdOf("a listener"));
const UPLOAD = newUploadId();

const KNOWN: readonly string[] = [
  blobData(DIGEST),
  blobData(LONG_DIGEST),
  eventEndpointLock(ENDPOINT),
  eventEndpointPosition(ENDPOINT),
  eventSegment(1),
  eventsLock,
  gateCollector,
  gateLock,
  gateTurnstile,
  layerLink(NAME, LONG_DIGEST),
  quarantinedBlob(DIGEST),
  referrerLink(NAME, DIGEST, LONG_DIGEST),
  referrersIndexed(NAME),
  revisionLink(NAME, DIGEST),
  `${stagingDirectory}/${crypto.randomUUID()}`,
  tagCurrentLink(NAME, TAG),
  tagIndexLink(NAME, TAG, DIGEST),
  uploadData(NAME, UPLOAD),
  uploadStartedAt(NAME, UPLOAD),
  `${storeRoot}/repositories/${NAME}/_uploads/${UPLOAD}/hashstates/sha256/0`,
];

Deno.test("walkLayout() knows every path that the layout spells, and that distribution writes", async () => {
  const foreign = await foreignOf(KNOWN);
  assertEquals(foreign, []);
});

const FOREIGN: readonly string[] = [
  `${storeRoot}/README`,
  `${storeRoot}/blobs/md5/00/data`,
  `${storeRoot}/blobs/sha256/00/link`,
  `${blobData(DIGEST)}.tmp`,
  `${storeRoot}/repositories/UPPER`,
  `${storeRoot}/repositories/team/app/_layers/sha256/abc`,
  `${storeRoot}/repositories/team/app/_other`,
  `${storeRoot}/repositories/team/app/_manifests/tags/-no-tag`,
  `${storeRoot}/repositories/team/app/_uploads/not-a-uuid`,
];

for (const path of FOREIGN) {
  Deno.test(`walkLayout() does not know ${path}`, async () => {
    const [foreign = ""] = await foreignOf([...KNOWN, path]);
    assertEquals(path.startsWith(foreign) && foreign !== "", true, foreign);
  });
}

Deno.test("walkLayout() takes a file in the place of a directory for foreign", async () => {
  const path = `${storeRoot}/repositories/team/app/_layers`;
  assertEquals(await foreignOf([path]), [path]);
});

async function foreignOf(paths: readonly string[]): Promise<readonly string[]> {
  const driver = new MemoryDriver();
  for (const path of paths) driver.put(path as StoragePath, new Uint8Array());
  const entries = await Array.fromAsync(walkLayout(driver));
  return entries.filter(({ level }) => level === null).map(({ path }) => path);
}

function known<T>(value: T | null): T {
  if (value === null) throw new TypeError("A name of the test is malformed");
  return value;
}

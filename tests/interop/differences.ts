/**
 * What berth and distribution write differently, by design.
 *
 * @module
 */

import { digestBytes } from "../../storage/digest.ts";
import { makeContent, MEDIA_TYPES, noise } from "../images.ts";
import { withDigest } from "../push.ts";
import type { Scenario } from "./scenarios.ts";

const BLOB = makeContent(MEDIA_TYPES.oci.gzip, noise(11, 5000));
const OTHER = makeContent(MEDIA_TYPES.oci.gzip, noise(12, 5000));

/** A scenario whose files differ, by design. Patterns name every file that only one of the two has, or has otherwise. */
export interface Difference extends Scenario {
  readonly reason: string;
  readonly onlyBerth: readonly RegExp[];
  readonly onlyDistribution: readonly RegExp[];
}

export const DIFFERENCES: readonly Difference[] = [
  {
    name: "a sha512 blob",
    reason: "distribution keeps it under sha256, where its own collection then loses it",
    async run(registry, name): Promise<void> {
      const digest = digestBytes(BLOB.bytes, "sha512");
      await registry.closeUpload(await registry.beginUpload(name), digest, BLOB.bytes);
    },
    onlyBerth: [/^blobs\/sha512\/.*\/data$/, /\/_layers\/sha512\/.*\/link$/],
    onlyDistribution: [
      /^blobs\/sha256\/.*\/data$/,
      /\/_layers\/sha256\/.*\/link$/,
      /\/_layers\/sha512\/.*\/link$/,
    ],
  },
  {
    name: "an upload that does not match its digest",
    reason: "distribution 2.8 leaves the bytes behind until a purge",
    async run(registry, name): Promise<void> {
      await registry.pushBlob(name, OTHER);
      const location = withDigest(await registry.beginUpload(name), BLOB.digest);
      await registry.expect(400, "PUT", location, { body: OTHER.bytes });
    },
    onlyBerth: [],
    onlyDistribution: [/\/_uploads\/<uuid>\/data$/, /\/_uploads\/<uuid>\/startedat$/],
  },
];

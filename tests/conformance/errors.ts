/**
 * Cases of what a client is told of its mistakes.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { CaseContext, ConformanceCase } from "./case.ts";
import type { Answer } from "./client.ts";
import { expectStatus, jsonOf } from "./expect.ts";
import { corrupted } from "./fixtures.ts";
import { closeUpload, openUpload, pushBlobs, pushByPut, UPLOADS } from "./push_blobs.ts";
import { pullManifest, pullTags } from "./read.ts";

/** The codes that a JSON body of an error may have (OCI distribution spec, "Error codes"). */
const ERROR_CODES: ReadonlySet<unknown> = new Set([
  "BLOB_UNKNOWN",
  "BLOB_UPLOAD_INVALID",
  "BLOB_UPLOAD_UNKNOWN",
  "DENIED",
  "DIGEST_INVALID",
  "MANIFEST_BLOB_UNKNOWN",
  "MANIFEST_INVALID",
  "MANIFEST_UNKNOWN",
  "NAME_INVALID",
  "NAME_UNKNOWN",
  "SIZE_INVALID",
  "TOOMANYREQUESTS",
  "UNAUTHORIZED",
  "UNSUPPORTED",
]);

/** A reference that is neither a tag nor a digest. */
const NO_REFERENCE = ".no-reference";

/** Digests that no algorithm makes: too short, and of an algorithm that is not registered. */
const MALFORMED_DIGEST = "sha256:totallywrong";
const UNKNOWN_ALGORITHM_DIGEST = `md17:${"0f".repeat(32)}`;

/** What a client does wrong, and the statuses that the spec has for it. */
interface Mistake {
  readonly id: string;
  readonly what: string;
  readonly statuses: readonly number[];
  readonly covers?: readonly string[];
  readonly make: (context: CaseContext) => Promise<Answer>;
}

const MISTAKES: readonly Mistake[] = [
  {
    id: "blob-unknown",
    what: "GET of an absent blob",
    statuses: [404],
    make: ({ repository, blob }) => repository.send("GET", `blobs/${blob().descriptor.digest}`),
  },
  {
    id: "blob-malformed-digest",
    what: "GET of a blob by a malformed digest",
    statuses: [400, 404],
    make: ({ repository }) => repository.send("GET", `blobs/${MALFORMED_DIGEST}`),
  },
  {
    id: "manifest-unknown",
    what: "GET of an absent manifest by digest",
    statuses: [404],
    covers: ["dev/missing-manifest/by-digest"],
    make: async ({ repository, blob }) => {
      await pushBlobs(repository, [blob()]);
      return await pullManifest(repository, blob().descriptor.digest);
    },
  },
  {
    id: "tag-unknown",
    what: "GET of an absent manifest by tag",
    statuses: [404],
    covers: ["dev/missing-manifest/by-tag"],
    make: async ({ repository, blob }) => {
      await pushBlobs(repository, [blob()]);
      return await pullManifest(repository, "absent");
    },
  },
  {
    id: "repository-unknown",
    what: "GET of a manifest in an absent repository",
    statuses: [404],
    make: ({ repository }) => pullManifest(repository, "latest"),
  },
  {
    id: "manifest-no-reference",
    what: "GET of a manifest by what is neither tag nor digest",
    statuses: [404],
    covers: ["v1.1.1/pull/manifests/get-missing", "v1.1.1/push/manifests/get-missing"],
    make: ({ repository }) => pullManifest(repository, NO_REFERENCE),
  },
  {
    id: "manifest-no-reference-head",
    what: "HEAD of a manifest by what is neither tag nor digest",
    statuses: [404],
    covers: ["v1.1.1/pull/manifests/head-missing"],
    make: ({ repository }) => pullManifest(repository, NO_REFERENCE, "HEAD"),
  },
  {
    id: "manifest-malformed-digest",
    what: "GET of a manifest by a malformed digest",
    statuses: [400, 404],
    covers: ["dev/invalid-digest-format/manifest-get", "v1.1.1/pull/error-codes"],
    make: ({ repository }) => pullManifest(repository, MALFORMED_DIGEST),
  },
  {
    id: "tags-unknown",
    what: "GET of the tags of an absent repository",
    statuses: [200, 404],
    covers: ["dev/empty/tag list"],
    make: ({ repository }) => pullTags(repository),
  },
  {
    id: "upload-wrong-digest",
    what: "PUT of a blob with the digest of another",
    statuses: [400],
    make: ({ repository, blob }) => pushByPut(repository, corrupted(blob())),
  },
  {
    id: "upload-malformed-digest",
    what: "PUT of a blob with a malformed digest",
    statuses: [400],
    make: async ({ repository, blob }) =>
      closeUpload(repository, await openUpload(repository), MALFORMED_DIGEST, blob().bytes),
  },
  {
    id: "upload-unknown-algorithm",
    what: "PUT of a blob with a digest of an unknown algorithm",
    statuses: [400],
    make: async ({ repository, blob }) =>
      closeUpload(repository, await openUpload(repository), UNKNOWN_ALGORITHM_DIGEST, blob().bytes),
  },
  {
    id: "upload-no-digest",
    what: "PUT of a blob without a digest",
    statuses: [400],
    make: async ({ repository, blob }) =>
      repository.send("PUT", await openUpload(repository), { body: blob().bytes }),
  },
  {
    id: "post-malformed-digest",
    what: "POST of a blob with a malformed digest",
    // 202 opens an upload instead, as a registry does that takes no blob by POST.
    statuses: [400, 202],
    make: ({ repository, blob }) =>
      repository.send("POST", UPLOADS, {
        query: [["digest", MALFORMED_DIGEST]],
        body: blob().bytes,
      }),
  },
  {
    id: "upload-unknown",
    what: "GET of an upload that never was",
    statuses: [404],
    make: ({ repository }) => repository.send("GET", `${UPLOADS}${crypto.randomUUID()}`),
  },
  {
    id: "delete-blob-unknown",
    what: "DELETE of an absent blob",
    statuses: [404, 400, 405],
    make: async ({ repository, blob }) => {
      await pushBlobs(repository, [blob()]);
      return await repository.send("DELETE", `blobs/${blob().descriptor.digest}`);
    },
  },
  {
    id: "delete-manifest-unknown",
    what: "DELETE of an absent manifest",
    statuses: [404, 400, 405],
    make: async ({ repository, blob }) => {
      await pushBlobs(repository, [blob()]);
      return await repository.send("DELETE", `manifests/${blob().descriptor.digest}`);
    },
  },
  {
    id: "delete-repository-unknown",
    what: "DELETE of a manifest in an absent repository",
    statuses: [404, 400, 405],
    make: ({ repository, blob }) =>
      repository.send("DELETE", `manifests/${blob().descriptor.digest}`),
  },
  {
    id: "referrers-malformed-digest",
    what: "GET of the referrers of a malformed digest",
    statuses: [400],
    make: ({ repository }) => repository.send("GET", `referrers/${MALFORMED_DIGEST}`),
  },
];

export const ERROR_CASES: readonly ConformanceCase[] = MISTAKES.map((mistake) => ({
  id: `errors/${mistake.id}`,
  name: `${mistake.what} answers ${mistake.statuses.join(" or ")}, and in JSON a code of the spec`,
  covers: mistake.covers ?? [],
  run: async (context) => {
    const answer = expectStatus(await mistake.make(context), ...mistake.statuses);
    const inJson = answer.headers.get("Content-Type")?.startsWith("application/json") ?? false;
    if (answer.status >= 400 && inJson && answer.body.length > 0) expectErrors(answer);
  },
}));

/** Throws unless the body has the form of the spec's "Error codes". */
function expectErrors(answer: Answer): void {
  const { errors } = jsonOf(answer) as { errors?: readonly Record<string, unknown>[] };
  assert(Array.isArray(errors) && errors.length > 0, `${answer.request} answered no "errors"`);
  for (const { code, message } of errors) {
    assert(ERROR_CODES.has(code), `${answer.request} answered the code ${code}`);
    assert(message === undefined || typeof message === "string", `${code} has no text as message`);
  }
}

/**
 * Cases of pulling and deleting blobs.
 *
 * @module
 */

import type { ConformanceCase } from "./case.ts";
import type { Answer, Repository } from "./client.ts";
import {
  expectBody,
  expectContent,
  expectHeader,
  expectStatus,
  locationOf,
  Unsupported,
} from "./expect.ts";
import { type Algorithm, ALGORITHMS, type Content, contentOf, EMPTY_JSON } from "./fixtures.ts";
import { pushBlobs, pushByPut } from "./push_blobs.ts";
import { deleteBlob } from "./remove.ts";

/** Size of the blob that is pulled in parts, in bytes. */
const RANGED_BYTES = 2048;

/** Values of `Range` and the bytes that they ask for, from `start` up to, not including, `end`. */
const SATISFIABLE_RANGES = [
  { range: "500-1499", start: 500, end: 1500 },
  { range: "500-", start: 500, end: RANGED_BYTES },
  { range: "-500", start: RANGED_BYTES - 500, end: RANGED_BYTES },
  { range: "2000-5000", start: 2000, end: RANGED_BYTES },
] as const;

/** Values of `Range` that ask for nothing that is there. */
const UNSATISFIABLE_RANGES = ["500-0", "5000-10000"] as const;

/** Blobs whose content is well known: the official name, and the bytes. */
const KNOWN_BLOBS = [
  { id: "empty", what: "a blob of no bytes", bytes: new Uint8Array() },
  { id: "emptyJSON", what: "a blob of an empty JSON object", bytes: EMPTY_JSON },
] as const;

export const BLOB_CASES: readonly ConformanceCase[] = ALGORITHMS.flatMap((algorithm) => [
  ...pullCases(algorithm),
  ...rangeCases(algorithm),
  ...knownBlobCases(algorithm),
]);

function pullCases(algorithm: Algorithm): readonly ConformanceCase[] {
  return [
    {
      id: `blobs/${algorithm}/get-missing`,
      name: `GET of an absent ${algorithm} blob answers 404`,
      covers: [
        `dev/${algorithm} blobs/get-missing`,
        "v1.1.1/pull/blobs/get-missing",
        "v1.1.1/push/monolithic/get-missing",
      ],
      run: async ({ repository, blob }) => {
        const { digest } = blob(512, algorithm).descriptor;
        expectStatus(await repository.send("GET", `blobs/${digest}`), 404);
      },
    },
    {
      id: `blobs/${algorithm}/head-missing`,
      name: `HEAD of an absent ${algorithm} blob answers 404`,
      covers: ["v1.1.1/pull/blobs/head-missing"],
      run: async ({ repository, blob }) => {
        const { digest } = blob(512, algorithm).descriptor;
        expectStatus(await repository.send("HEAD", `blobs/${digest}`), 404);
      },
    },
    {
      id: `blobs/${algorithm}/head`,
      name: `HEAD of a ${algorithm} blob answers its length and digest`,
      covers: ["v1.1.1/pull/blobs/head-existing"],
      run: async ({ repository, blob }) => {
        const content = blob(512, algorithm);
        await pushBlobs(repository, [content]);
        const { digest } = content.descriptor;
        expectContent(await repository.send("HEAD", `blobs/${digest}`), content);
      },
    },
    {
      id: `blobs/${algorithm}/get`,
      name: `GET of a ${algorithm} blob answers its bytes, length and digest`,
      covers: ["v1.1.1/pull/blobs/get-existing"],
      run: async ({ repository, blob }) => {
        const content = blob(512, algorithm);
        await pushBlobs(repository, [content]);
        const { digest } = content.descriptor;
        expectContent(await repository.send("GET", `blobs/${digest}`), content);
      },
    },
    {
      id: `blobs/${algorithm}/delete`,
      name: `DELETE of a ${algorithm} blob answers 202 and the blob is gone`,
      covers: ["v1.1.1/management/blobs/delete", "v1.1.1/management/blobs/get-deleted"],
      run: async ({ repository, blob }) => {
        const content = blob(512, algorithm);
        await pushBlobs(repository, [content]);
        const { digest } = content.descriptor;
        expectContent(await repository.send("HEAD", `blobs/${digest}`), content);
        await deleteBlob(repository, digest);
        expectStatus(await repository.send("GET", `blobs/${digest}`), 404);
      },
    },
  ];
}

function rangeCases(algorithm: Algorithm): readonly ConformanceCase[] {
  const group = `dev/${algorithm} blobs/range requests`;
  const satisfiable = SATISFIABLE_RANGES.map(({ range, start, end }): ConformanceCase => ({
    id: `blobs/${algorithm}/range${range.startsWith("-") ? "" : "-"}${range.replace(/-$/, "-end")}`,
    name: `GET of bytes ${range} of a ${algorithm} blob answers 206 and those bytes`,
    covers: [`${group}/range ${range}`],
    run: async ({ repository, blob }) => {
      const content = blob(RANGED_BYTES, algorithm);
      await pushBlobs(repository, [content]);
      const answer = expectStatus(await pullRange(repository, content, range), 206);
      expectBody(answer, content.bytes.slice(start, end));
      expectHeader(answer, "Content-Length", `${end - start}`);
      const place = `bytes ${start}-${end - 1}`;
      expectHeader(answer, "Content-Range", `${place}/${RANGED_BYTES}`, `${place}/*`);
    },
  }));
  const unsatisfiable = UNSATISFIABLE_RANGES.map((range): ConformanceCase => ({
    id: `blobs/${algorithm}/range-${range}`,
    name: `GET of bytes ${range} of a ${algorithm} blob answers 416`,
    covers: [`${group}/range ${range}`],
    run: async ({ repository, blob }) => {
      const content = blob(RANGED_BYTES, algorithm);
      await pushBlobs(repository, [content]);
      expectStatus(await pullRange(repository, content, range), 416);
    },
  }));
  return [...satisfiable, ...unsatisfiable];
}

/** GET with `Range`. Throws {@linkcode Unsupported} where the whole blob comes, as RFC 9110 allows. */
async function pullRange(
  repository: Repository,
  { descriptor }: Content,
  range: string,
): Promise<Answer> {
  const answer = await repository.send("GET", `blobs/${descriptor.digest}`, {
    headers: { Range: `bytes=${range}` },
  });
  if (answer.status === 200) throw new Unsupported(`${answer.request} ignored the range ${range}`);
  return answer;
}

function knownBlobCases(algorithm: Algorithm): readonly ConformanceCase[] {
  return KNOWN_BLOBS.map(({ id, what, bytes }) => ({
    id: `blobs/${algorithm}/${id.toLowerCase()}`,
    name: `${what} with a ${algorithm} digest can be pushed, pulled and deleted`,
    covers: [`dev/${algorithm} blobs/${id}`],
    run: async ({ repository }) => {
      const content = contentOf(bytes, algorithm);
      await expectStored(repository, await pushByPut(repository, content), content);
    },
  }));
}

/**
 * Throws unless an answer says that a blob was stored, and it was: 201, its digest, and a `Location` to pull it from;
 * found, pulled and deleted by its digest.
 */
export async function expectStored(
  repository: Repository,
  answer: Answer,
  content: Content,
): Promise<void> {
  const { digest } = content.descriptor;
  expectHeader(expectStatus(answer, 201), "Docker-Content-Digest", digest);
  expectBody(expectStatus(await repository.send("GET", locationOf(answer)), 200), content.bytes);
  expectContent(await repository.send("HEAD", `blobs/${digest}`), content);
  expectContent(await repository.send("GET", `blobs/${digest}`), content);
  await deleteBlob(repository, digest);
}

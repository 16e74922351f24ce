/**
 * Cases of the session of an upload: where it is, how far it is, and its end.
 *
 * @module
 */

import { assertMatch, assertNotEquals } from "@std/assert";
import type { CaseContext, ConformanceCase } from "./case.ts";
import type { Repository } from "./client.ts";
import { expectHeader, expectStatus, locationOf, Unsupported } from "./expect.ts";
import { ALGORITHMS, type Content } from "./fixtures.ts";
import { type Chunk, closeUpload, openUpload, sendChunk, UPLOADS } from "./push_blobs.ts";

/** Length of a chunk where the registry does not ask for more, in bytes. */
const CHUNK_BYTES = 1024;

const UUID_REGEXP = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/i;

/** The length of a chunk that a registry takes, in bytes; what it says in `OCI-Chunk-Min-Length` where that is more. */
export async function chunkLength(repository: Repository): Promise<number> {
  const answer = expectStatus(await repository.send("POST", UPLOADS), 202);
  const least = Number(answer.headers.get("OCI-Chunk-Min-Length") ?? 0);
  await repository.send("DELETE", locationOf(answer));
  return Math.max(CHUNK_BYTES, least);
}

/** Content of two chunks in an upload of its own. */
interface TwoChunks {
  readonly content: Content;
  readonly first: Chunk;
  readonly second: Chunk;
  readonly session: URL;
}

export const SESSION_CASES: readonly ConformanceCase[] = [
  {
    id: "sessions/unique",
    name: "each upload has a session of its own, with a UUID in it",
    covers: [],
    run: async ({ repository }) => {
      const one = await openUpload(repository);
      const other = await openUpload(repository);
      assertMatch(one.href, UUID_REGEXP);
      assertNotEquals(one.pathname, other.pathname);
    },
  },
  {
    id: "sessions/first-chunk-misplaced",
    name: "the second chunk answers 416 when it comes first",
    covers: ["v1.1.1/push/chunked/out-of-order"],
    run: async (context) => {
      const { content, second, session } = await beginTwoChunks(context);
      expectStatus(await sendChunk(context.repository, session, content, second), 416);
    },
  },
  {
    id: "sessions/first-chunk",
    name: "the first chunk answers 202 with its range",
    covers: ["v1.1.1/push/chunked/first-chunk"],
    run: async (context) => {
      const { content, first, session } = await beginTwoChunks(context);
      const answer = await sendChunk(context.repository, session, content, first);
      expectHeader(expectStatus(answer, 202), "Range", `0-${first.end - 1}`);
    },
  },
  {
    id: "sessions/repeated-chunk",
    name: "a chunk that comes again answers 416",
    covers: ["v1.1.1/push/chunked/repeat"],
    run: async (context) => {
      const { content, first, session } = await beginTwoChunks(context);
      expectStatus(await sendChunk(context.repository, session, content, first), 202);
      expectStatus(await sendChunk(context.repository, session, content, first), 416);
    },
  },
  {
    id: "sessions/stale-status",
    name: "GET of the first URL of a session answers 204 with where to go on, which works",
    covers: ["v1.1.1/push/chunked/stale-session", "v1.1.1/push/chunked/second-chunk"],
    run: async (context) => {
      const { repository } = context;
      const { content, first, second, session } = await beginTwoChunks(context);
      expectStatus(await sendChunk(repository, session, content, first), 202);
      const status = expectStatus(await repository.send("GET", session), 204);
      expectHeader(status, "Range", `0-${first.end - 1}`);
      const answer = await sendChunk(repository, locationOf(status), content, second);
      expectHeader(expectStatus(answer, 202), "Range", `0-${second.end - 1}`);
      const { digest } = content.descriptor;
      locationOf(expectStatus(await closeUpload(repository, locationOf(answer), digest), 201));
    },
  },
  {
    id: "sessions/closed",
    name: "the session of a blob that was pushed is gone",
    covers: [],
    run: async ({ repository, blob }) => {
      const { bytes, descriptor } = blob();
      const session = await openUpload(repository);
      expectStatus(await closeUpload(repository, session, descriptor.digest, bytes), 201);
      expectStatus(await repository.send("GET", session), 404);
    },
  },
  {
    id: "sessions/cancel",
    name: "DELETE of a session answers 204 and the session is gone",
    covers: ALGORITHMS.map((algorithm) => `dev/${algorithm} blobs/post cancel`),
    run: async ({ repository }) => {
      const session = await openUpload(repository);
      const answer = await repository.send("DELETE", session);
      if (answer.status === 400 || answer.status === 405) {
        throw new Unsupported(`${answer.request} answered ${answer.status}`);
      }
      expectStatus(answer, 204);
      expectStatus(await repository.send("GET", session), 404);
    },
  },
  ...ALGORITHMS.map((algorithm): ConformanceCase => ({
    id: `sessions/digest-algorithm-${algorithm}`,
    name: `an upload opened with digest-algorithm=${algorithm} takes a blob in chunks`,
    covers: [],
    run: async ({ repository, blob }) => {
      const content = blob(await chunkLength(repository), algorithm);
      const answer = await repository.send("POST", UPLOADS, {
        query: [["digest-algorithm", algorithm]],
      });
      const session = locationOf(expectStatus(answer, 202));
      const chunk: Chunk = { method: "PATCH", start: 0, end: content.bytes.length };
      const patched = expectStatus(await sendChunk(repository, session, content, chunk), 202);
      const { digest } = content.descriptor;
      const closed = await closeUpload(repository, locationOf(patched), digest);
      expectHeader(expectStatus(closed, 201), "Docker-Content-Digest", digest);
    },
  })),
  {
    id: "sessions/digest-algorithm-unknown",
    name: "POST with an unknown digest-algorithm answers 400",
    covers: [],
    run: async ({ repository }) => {
      const answer = await repository.send("POST", UPLOADS, {
        query: [["digest-algorithm", "md17"]],
      });
      if (answer.status === 202) throw new Unsupported(`${answer.request} answered 202`);
      expectStatus(answer, 400);
    },
  },
];

async function beginTwoChunks(
  { repository, blob }: CaseContext,
): Promise<TwoChunks> {
  const middle = await chunkLength(repository);
  const content = blob(middle + CHUNK_BYTES / 2);
  return {
    content,
    first: { method: "PATCH", start: 0, end: middle },
    second: { method: "PATCH", start: middle, end: content.bytes.length },
    session: await openUpload(repository),
  };
}

/**
 * Cases of pushing blobs, each way with sha256 and sha512 digests, right and wrong.
 *
 * @module
 */

import { expectStored } from "./blobs.ts";
import type { CaseContext, ConformanceCase } from "./case.ts";
import type { Answer, Repository } from "./client.ts";
import { expectStatus, locationOf, Unsupported } from "./expect.ts";
import { type Algorithm, ALGORITHMS, type Content, corrupted } from "./fixtures.ts";
import { closeUpload, pushByPost, pushByPut, pushByStream, pushInChunks } from "./push_blobs.ts";
import { chunkLength } from "./sessions.ts";

/** A way to push a blob. */
interface Way {
  readonly id: string;
  readonly what: string;
  /** The name in the official program, and that of the same way with a wrong digest. */
  readonly official: string;
  readonly officialWrong?: string;
  readonly legacy?: readonly string[];
  /** How many chunks the blob fills. */
  readonly chunks: number;
  readonly push: (repository: Repository, content: Content, chunkBytes: number) => Promise<Answer>;
}

const WAYS: readonly Way[] = [
  {
    id: "post-put",
    what: "POST and PUT",
    official: "post+put",
    officialWrong: "bad digest post+put",
    legacy: [
      "v1.1.1/push/monolithic/post-session",
      "v1.1.1/push/monolithic/put",
      "v1.1.1/push/monolithic/get-existing",
      "v1.1.1/push/monolithic/put-layer",
      "v1.1.1/push/monolithic/get-layer",
    ],
    chunks: 1,
    push: pushByPut,
  },
  {
    id: "stream",
    what: "POST, a PATCH without a range, and PUT",
    official: "stream",
    officialWrong: "bad digest stream",
    legacy: ["v1.1.1/push/streamed/patch", "v1.1.1/push/streamed/put"],
    chunks: 1,
    push: pushByStream,
  },
  {
    id: "chunked-single",
    what: "POST, one PATCH with a range, and PUT",
    official: "chunked single",
    chunks: 1,
    push: (repository, content, chunkBytes) => pushInChunks(repository, content, { chunkBytes }),
  },
  {
    id: "chunked-multi",
    what: "three chunks by PATCH",
    official: "chunked multi",
    officialWrong: "bad digest chunked",
    legacy: ["v1.1.1/push/chunked/put"],
    chunks: 3,
    push: (repository, content, chunkBytes) => pushInChunks(repository, content, { chunkBytes }),
  },
  {
    id: "chunked-multi-put",
    what: "three chunks, the last by PUT",
    official: "chunked multi and put chunk",
    officialWrong: "bad digest chunked and put chunk",
    chunks: 3,
    push: (repository, content, chunkBytes) =>
      pushInChunks(repository, content, { chunkBytes, lastByPut: true }),
  },
  {
    id: "chunked-misplaced",
    what: "three chunks with others between them that answer 416",
    official: "chunked out-of-order",
    chunks: 3,
    push: (repository, content, chunkBytes) =>
      pushInChunks(repository, content, { chunkBytes, misplaced: true }),
  },
  {
    id: "chunked-misplaced-put",
    what: "three chunks, the last by PUT, with others between them that answer 416",
    official: "chunked out-of-order and put chunk",
    chunks: 3,
    push: (repository, content, chunkBytes) =>
      pushInChunks(repository, content, { chunkBytes, lastByPut: true, misplaced: true }),
  },
];

export const UPLOAD_CASES: readonly ConformanceCase[] = ALGORITHMS.flatMap((algorithm) => [
  ...WAYS.map((way) => rightCase(way, algorithm)),
  ...WAYS.flatMap((way) => wrongCase(way, algorithm)),
  ...singlePostCases(algorithm),
]);

function rightCase(way: Way, algorithm: Algorithm): ConformanceCase {
  return {
    id: `uploads/${algorithm}/${way.id}`,
    name: `a ${algorithm} blob can be pushed by ${way.what}`,
    covers: [`dev/${algorithm} blobs/${way.official}`, ...way.legacy ?? []],
    run: async (context) => {
      const chunkBytes = await chunkLength(context.repository);
      const content = contentFor(way, chunkBytes, algorithm, context);
      const answer = await way.push(context.repository, content, chunkBytes);
      await expectStored(context.repository, answer, content);
    },
  };
}

function wrongCase(way: Way, algorithm: Algorithm): readonly ConformanceCase[] {
  if (way.officialWrong === undefined) return [];
  return [{
    id: `uploads/${algorithm}/${way.id}-wrong-digest`,
    name: `a blob pushed by ${way.what} with a wrong ${algorithm} digest answers 400`,
    covers: [`dev/${algorithm} blobs/${way.officialWrong}`],
    run: async (context) => {
      const chunkBytes = await chunkLength(context.repository);
      const content = corrupted(contentFor(way, chunkBytes, algorithm, context));
      expectStatus(await way.push(context.repository, content, chunkBytes), 400);
      await expectAbsent(context.repository, content);
    },
  }];
}

function contentFor(
  way: Way,
  chunkBytes: number,
  algorithm: Algorithm,
  { blob }: CaseContext,
): Content {
  // The last chunk is shorter than the others.
  return blob(chunkBytes * way.chunks - 5, algorithm);
}

async function expectAbsent(repository: Repository, { descriptor }: Content): Promise<void> {
  expectStatus(await repository.send("GET", `blobs/${descriptor.digest}`), 404);
}

/** A registry may take a POST with a blob for the beginning of an upload: 202, and the blob is sent again by PUT. */
function singlePostCases(algorithm: Algorithm): readonly ConformanceCase[] {
  return [
    {
      id: `uploads/${algorithm}/post`,
      name: `a ${algorithm} blob can be pushed by one POST`,
      covers: [`dev/${algorithm} blobs/post only`],
      run: async ({ repository, blob }) => {
        const content = blob(512, algorithm);
        const answer = expectStatus(await pushByPost(repository, content), 201, 202);
        await expectStored(repository, await finishPost(repository, answer, content), content);
        if (answer.status === 202) throw new Unsupported(`${answer.request} answered 202`);
      },
    },
    {
      id: `uploads/${algorithm}/post-wrong-digest`,
      name: `a blob pushed by one POST with a wrong ${algorithm} digest answers 400`,
      covers: [`dev/${algorithm} blobs/bad digest post only`],
      run: async ({ repository, blob }) => {
        const content = corrupted(blob(512, algorithm));
        const answer = expectStatus(await pushByPost(repository, content), 400, 202);
        expectStatus(await finishPost(repository, answer, content), 400);
        await expectAbsent(repository, content);
        if (answer.status === 202) throw new Unsupported(`${answer.request} answered 202`);
      },
    },
    {
      id: `uploads/${algorithm}/post-visible`,
      name: `after one POST with a ${algorithm} blob GET finds it if the answer was 201`,
      covers: ["v1.1.1/push/monolithic/post", "v1.1.1/push/monolithic/get-after-post"],
      run: async ({ repository, blob }) => {
        const content = blob(512, algorithm);
        const answer = expectStatus(await pushByPost(repository, content), 201, 202);
        locationOf(answer);
        const { digest } = content.descriptor;
        const expected = answer.status === 201 ? 200 : 404;
        expectStatus(await repository.send("GET", `blobs/${digest}`), expected);
      },
    },
  ];
}

async function finishPost(
  repository: Repository,
  answer: Answer,
  { bytes, descriptor }: Content,
): Promise<Answer> {
  if (answer.status !== 202) return answer;
  return await closeUpload(repository, locationOf(answer), descriptor.digest, bytes);
}

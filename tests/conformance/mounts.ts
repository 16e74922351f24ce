/**
 * Cases of mounting a blob of one repository into another.
 *
 * @module
 */

import { expectStored } from "./blobs.ts";
import type { ConformanceCase } from "./case.ts";
import type { Answer, Repository } from "./client.ts";
import { expectEqual, expectStatus, locationOf, Unsupported } from "./expect.ts";
import { type Algorithm, ALGORITHMS, type Content } from "./fixtures.ts";
import { closeUpload, pushBlobs, UPLOADS } from "./push_blobs.ts";

export const MOUNT_CASES: readonly ConformanceCase[] = [
  ...ALGORITHMS.flatMap(mountCases),
  {
    id: "mounts/location",
    name: "the Location of a mounted blob is its URL in the target",
    covers: ["v1.1.1/push/mount/mount", "v1.1.1/push/mount/get-mounted"],
    run: async ({ repository, otherRepository, blob }) => {
      const content = blob();
      await pushBlobs(otherRepository, [content]);
      const answer = expectStatus(await mount(repository, content, otherRepository), 201, 202);
      const location = locationOf(answer);
      if (answer.status === 202) throw new Unsupported(`${answer.request} answered 202`);
      const path = `/v2/${repository.name}/blobs/${content.descriptor.digest}`;
      expectEqual(location.pathname, path, "path of the Location");
      expectStatus(await repository.send("GET", location), 200);
    },
  },
  {
    id: "mounts/missing-anonymous",
    name: "the mount of an absent blob without a source opens an upload",
    covers: ["v1.1.1/push/mount/unknown-without-from"],
    run: async ({ repository, blob }) => {
      locationOf(expectStatus(await mount(repository, blob()), 202));
    },
  },
];

function mountCases(algorithm: Algorithm): readonly ConformanceCase[] {
  return [
    {
      id: `mounts/${algorithm}/mount`,
      name: `a ${algorithm} blob can be mounted from another repository`,
      covers: [`dev/${algorithm} blobs/mount`],
      run: async ({ repository, otherRepository, blob }) => {
        const content = blob(512, algorithm);
        await pushBlobs(otherRepository, [content]);
        await expectMounted(repository, await mount(repository, content, otherRepository), content);
      },
    },
    {
      id: `mounts/${algorithm}/anonymous`,
      name: `a ${algorithm} blob can be mounted without naming its source`,
      covers: [
        `dev/${algorithm} blobs/mount anonymous`,
        "v1.1.1/push/mount/automatic-discovery",
      ],
      run: async ({ repository, otherRepository, blob }) => {
        const content = blob(512, algorithm);
        await pushBlobs(otherRepository, [content]);
        await expectMounted(repository, await mount(repository, content), content);
      },
    },
    {
      id: `mounts/${algorithm}/missing`,
      name: `the mount of an absent ${algorithm} blob opens an upload that takes it`,
      covers: [`dev/${algorithm} blobs/mount missing`, "v1.1.1/push/mount/missing"],
      run: async ({ repository, otherRepository, blob }) => {
        const content = blob(512, algorithm);
        await pushBlobs(otherRepository, [blob()]);
        const answer = expectStatus(await mount(repository, content, otherRepository), 202);
        await expectStored(repository, await finish(repository, answer, content), content);
      },
    },
    {
      id: `mounts/${algorithm}/missing-source`,
      name: `the mount of a ${algorithm} blob from an absent repository opens an upload`,
      covers: [],
      run: async ({ repository, otherRepository, blob }) => {
        const content = blob(512, algorithm);
        const answer = expectStatus(await mount(repository, content, otherRepository), 202);
        await expectStored(repository, await finish(repository, answer, content), content);
      },
    },
  ];
}

/** POST that asks for a mount; from anywhere without a source. */
function mount(
  repository: Repository,
  { descriptor }: Content,
  from?: Repository,
): Promise<Answer> {
  const source = from === undefined ? [] : [["from", from.name] as const];
  return repository.send("POST", UPLOADS, { query: [["mount", descriptor.digest], ...source] });
}

function finish(
  repository: Repository,
  answer: Answer,
  { bytes, descriptor }: Content,
): Promise<Answer> {
  return closeUpload(repository, locationOf(answer), descriptor.digest, bytes);
}

/** Throws {@linkcode Unsupported} where a registry opens an upload instead of mounting, once that upload is done. */
async function expectMounted(
  repository: Repository,
  answer: Answer,
  content: Content,
): Promise<void> {
  const opened = expectStatus(answer, 201, 202).status === 202;
  await expectStored(
    repository,
    opened ? await finish(repository, answer, content) : answer,
    content,
  );
  if (opened) throw new Unsupported(`${answer.request} answered 202`);
}

/**
 * Cases of listing tags, whole and in pages.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { ConformanceCase } from "./case.ts";
import type { Repository } from "./client.ts";
import { expectEqual, expectStatus, nextPageOf, Unsupported } from "./expect.ts";
import type { DataSet } from "./fixtures.ts";
import { pushDataSet } from "./push_manifests.ts";
import { listTags, pullTags, type TagQuery, tagsOf } from "./read.ts";

/** Tags in no order, which sorts otherwise by ASCII than without regard to case. */
const TAGS = ["v2", "Beta", "alpha", "v10", "under_", "1.0", "Zeta", "beta-2"];

/** The two orders that the spec allows (spec, "Listing Tags"). */
const BY_ASCII = [...TAGS].sort();
const BY_LETTER = [...TAGS].sort((a, b) => a.toLowerCase() < b.toLowerCase() ? -1 : 1);

export const TAG_CASES: readonly ConformanceCase[] = [
  {
    id: "tags/list",
    name: "the list of tags has every tag, in ASCII or letter order",
    covers: ["v1.1.1/discovery/tags/list"],
    run: async ({ repository, dataSet }) => {
      await pushTags(repository, dataSet());
      expectStatus(await pullTags(repository), 200);
      expectOrdered(await listTags(repository));
    },
  },
  {
    id: "tags/n",
    name: "n limits a page of tags, and only a page with a Link may be shorter",
    covers: ["v1.1.1/discovery/tags/n"],
    run: async ({ repository, dataSet }) => {
      await pushTags(repository, dataSet());
      const order = await listTags(repository);
      await expectPage(repository, { n: "4" }, order.slice(0, 4));
      await expectPage(repository, { n: `${TAGS.length}` }, order);
      await expectPage(repository, { n: "50" }, order);
    },
  },
  {
    id: "tags/n-zero",
    name: "n=0 answers no tag and no Link",
    covers: [],
    run: async ({ repository, dataSet }) => {
      await pushTags(repository, dataSet());
      const answer = expectStatus(await pullTags(repository, { n: "0" }), 200);
      expectEqual(tagsOf(answer, repository), [], "tags");
      expectEqual(nextPageOf(answer), null, "Link");
    },
  },
  {
    id: "tags/last",
    name: "last begins the list after that tag",
    covers: ["v1.1.1/discovery/tags/last"],
    run: async ({ repository, dataSet }) => {
      await pushTags(repository, dataSet());
      const order = await listTags(repository);
      const last = order[2] ?? "";
      expectEqual(await listTags(repository, { last }), order.slice(3), `tags after ${last}`);
      await expectPage(repository, { n: "2", last }, order.slice(3, 5));
      await expectPage(repository, { last: order.at(-1) ?? "" }, []);
    },
  },
  {
    id: "tags/pages-by-last",
    name: "pages by n and last have every tag once",
    covers: [],
    run: async ({ repository, dataSet }) => {
      await pushTags(repository, dataSet());
      const seen: string[] = [];
      while (seen.length <= TAGS.length) {
        const last = seen.at(-1);
        const query = { n: "3", ...(last === undefined ? {} : { last }) };
        const page = tagsOf(await pullTags(repository, query), repository);
        if (page.length === 0) break;
        seen.push(...page);
      }
      expectOrdered(seen);
    },
  },
  {
    id: "tags/pages-by-link",
    name: "pages by Link have every tag once",
    covers: [],
    run: async ({ repository, dataSet }) => {
      await pushTags(repository, dataSet());
      const first = await pullTags(repository, { n: "3" });
      expectEqual(tagsOf(first, repository).length, 3, "number of tags on the first page");
      if (nextPageOf(first) === null) throw new Unsupported(`${first.request} answered no Link`);
      expectOrdered(await listTags(repository, { n: "3" }));
    },
  },
];

/** Pushes an image with all of {@linkcode TAGS}. */
async function pushTags(repository: Repository, dataSet: DataSet): Promise<void> {
  const image = dataSet.addImage();
  for (const tag of TAGS) dataSet.tag(tag, image);
  await pushDataSet(repository, dataSet);
}

function expectOrdered(tags: readonly string[]): void {
  const byLetter = tags.join() === BY_LETTER.join();
  expectEqual(tags, byLetter ? BY_LETTER : BY_ASCII, "tags");
}

async function expectPage(
  repository: Repository,
  query: TagQuery,
  expected: readonly string[],
): Promise<void> {
  const answer = expectStatus(await pullTags(repository, query), 200);
  const tags = tagsOf(answer, repository);
  expectEqual(tags, expected.slice(0, tags.length), `tags in the answer to ${answer.request}`);
  const whole = tags.length === expected.length || nextPageOf(answer) !== null;
  assert(whole, `${answer.request} answered ${tags.length} tags and no Link, expected ${expected}`);
}

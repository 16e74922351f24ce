/**
 * Rows of lists: how long one page takes.
 *
 * @module
 */

import { FastClient } from "./fast_client.ts";
import {
  listedRepository,
  listedTag,
  type ListShape,
  REFERRERS_REPOSITORY,
  SUBJECT,
  TAGS_REPOSITORY,
} from "./list_store.ts";
import { median } from "./measure.ts";
import { type Measurement, type Sample, whole, type Workbench } from "./row.ts";

/** Entries of a page. */
const PAGE_ENTRIES = 100;

/** How far into the list the deep page is. */
const DEEP = 0.9;

/** Pages that are asked for in one measurement at most. */
const PAGES_MAX = 20;

/** For how long they are. */
const PAGES_MS_MAX = 1_000;

/** Longest wait for one page; who takes longer is not asked again. */
const PAGE_MS_MAX = 10_000;

/** A page, by its path, the field that holds its entries, and how many have to be there. */
export interface Page {
  readonly path: string;
  readonly field: string;
  readonly entriesMin: number;
}

/** A page of tags. docker-registry 2.8.2 answers with all tags, whatever is asked for. */
export function tagsPage(isDeep: boolean): (shape: ListShape) => Page {
  return ({ tags }) => ({
    path: `/v2/${TAGS_REPOSITORY}/tags/list${page(isDeep ? listedTag(tags * DEEP) : null)}`,
    field: "tags",
    entriesMin: Math.min(PAGE_ENTRIES, tags * (1 - DEEP) - 1),
  });
}

/** A page of the catalog. */
export function catalogPage(isDeep: boolean): (shape: ListShape) => Page {
  return ({ repositories }) => ({
    path: `/v2/_catalog${page(isDeep ? listedRepository(repositories * DEEP) : null)}`,
    field: "repositories",
    entriesMin: Math.min(PAGE_ENTRIES, repositories * (1 - DEEP) - 1),
  });
}

/** All referrers of a manifest. */
export function referrersPage({ referrers }: ListShape): Page {
  return {
    path: `/v2/${REFERRERS_REPOSITORY}/referrers/${SUBJECT}`,
    field: "manifests",
    entriesMin: referrers,
  };
}

function page(last: string | null): string {
  return `?n=${PAGE_ENTRIES}${last === null ? "" : `&last=${encodeURIComponent(last)}`}`;
}

/** The milliseconds that a page takes one client, the median of several. */
export function listPage(
  pageOf: (shape: ListShape) => Page,
): (bench: Workbench) => Promise<Measurement> {
  return ({ scale }) => {
    const asked = pageOf(scale.lists);
    return Promise.resolve(({ server }) =>
      FastClient.with(server.host, 1, async ([client]) => {
        if (client === undefined) throw new Error("There is no client to ask with");
        return await askPages(client, asked);
      })
    );
  };
}

async function askPages(client: FastClient, asked: Page): Promise<Sample> {
  const times: number[] = [];
  const end = performance.now() + PAGES_MS_MAX;
  while (times.length < PAGES_MAX && (times.length === 0 || performance.now() < end)) {
    const time = await askPage(client, asked);
    if (time === null) return { values: [PAGE_MS_MAX], isBound: true };
    times.push(time);
  }
  return whole(median(times));
}

/** The milliseconds of one page; `null` when it did not come in time, and the connection is closed. */
async function askPage(
  client: FastClient,
  { path, field, entriesMin }: Page,
): Promise<number | null> {
  const start = performance.now();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    client.close();
  }, PAGE_MS_MAX);
  try {
    const { body } = await client.expect(200, { method: "GET", path });
    const time = performance.now() - start;
    const entries = JSON.parse(new TextDecoder().decode(body))[field];
    if (entries.length >= entriesMin) return time;
    throw new Error(`GET ${path} gave ${entries.length} ${field}, not ${entriesMin}`);
  } catch (error) {
    if (isLate) return null;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

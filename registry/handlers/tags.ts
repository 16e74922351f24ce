/**
 * Lists of tags.
 *
 * @module
 */

import type { RequestContext } from "../context.ts";
import { RegistryError } from "../errors.ts";
import { nextLink, parsePage } from "../pagination.ts";
import { respondJson } from "../respond.ts";
import { tagsUrl } from "../urls.ts";

/** Lists the tags of a repository, all of them or a page (OCI distribution spec, "Listing Tags"). */
export async function listTags(context: RequestContext): Promise<Response> {
  const { name, store, settings } = context;
  const page = parsePage(context.query, { entriesMax: settings.tagsEntriesMax, over: "clamp" });
  if (!await store.repositories.exists(name)) {
    throw new RegistryError("NAME_UNKNOWN", { detail: { name } });
  }
  const limit = page.limit ?? Infinity;
  // One more than the page holds tells whether there is a next one.
  const found = limit === 0 ? [] : await store.tags.list(name, {
    limit: limit + 1,
    ...(page.last === null ? {} : { after: page.last }),
  });
  const tags = found.slice(0, limit);
  const last = tags.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return respondJson({ name, tags }, {
    Link: hasMore ? nextLink(tagsUrl(name), { n: String(limit), last }) : undefined,
  });
}

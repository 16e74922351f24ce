/**
 * Lists of tags.
 *
 * @module
 */

import type { RequestContext } from "../context.ts";
import { RegistryError } from "../errors.ts";
import { cutPage, nextLink, parsePage } from "../pagination.ts";
import { type Answer, respondJson } from "../respond.ts";

/** Lists the tags of a repository, all of them or a page (OCI distribution spec, "Listing Tags"). */
export async function listTags(context: RequestContext): Promise<Answer> {
  const { name, store, settings } = context;
  const page = parsePage(context.query, { entriesMax: settings.tagsEntriesMax, over: "clamp" });
  if (!await store.repositories.exists(name)) {
    throw new RegistryError("NAME_UNKNOWN", { detail: { name } });
  }
  const limit = page.limit ?? Infinity;
  const found = limit === 0 ? [] : await store.tags.list(name, {
    limit: limit + 1,
    ...(page.last === null ? {} : { after: page.last }),
  });
  const { entries, last } = cutPage(found, limit);
  return respondJson({ name, tags: entries }, {
    Link: last === null ? undefined : nextLink(context.urls.tags(name), { n: String(limit), last }),
  });
}

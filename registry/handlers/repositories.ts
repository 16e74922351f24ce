/**
 * The catalog.
 *
 * @module
 */

import { CATALOG_ENTRIES_DEFAULT } from "../../storage/limits.ts";
import type { RequestContext } from "../context.ts";
import { cutPage, nextLink, parsePage } from "../pagination.ts";
import { type Answer, respondJson } from "../respond.ts";

/** Lists the repositories that have manifests, a page at a time. */
export async function listRepositories(context: RequestContext): Promise<Answer> {
  const { catalogEntriesMax } = context.settings;
  const page = parsePage(context.query, { entriesMax: catalogEntriesMax, over: "refuse" });
  const limit = page.limit ?? Math.min(CATALOG_ENTRIES_DEFAULT, catalogEntriesMax);
  const found = limit === 0 ? [] : await context.store.repositories.list({
    limit: limit + 1,
    ...(page.last === null ? {} : { after: page.last }),
  }, context.caller.sees);
  const { entries, last } = cutPage(found, limit);
  return respondJson({ repositories: entries }, {
    Link: last === null ? undefined : nextLink(context.urls.catalog(), { n: String(limit), last }),
  });
}

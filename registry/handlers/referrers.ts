/**
 * Lists of referrers.
 *
 * @module
 */

import type { Descriptor } from "../../storage/descriptor.ts";
import { REFERRERS_ENTRIES_MAX, REFERRERS_PAGE_BYTES_MAX } from "../../storage/limits.ts";
import { type RequestContext, requireDigest } from "../context.ts";
import { OCI_INDEX } from "../media_types.ts";
import { nextLink, parsePage } from "../pagination.ts";
import { type Answer, respondText } from "../respond.ts";

/** A page of descriptors, and whether more follow. */
interface ReferrersPage {
  readonly manifests: readonly Descriptor[];
  readonly hasMore: boolean;
}

/**
 * Lists the manifests that have a subject, as an image index (OCI distribution spec, "Listing Referrers"). A
 * repository or subject that does not exist has none; that is no error.
 */
export async function listReferrers(context: RequestContext): Promise<Answer> {
  const subject = requireDigest(context.reference);
  const artifactType = context.query.get("artifactType") || null;
  const page = parsePage(context.query, { entriesMax: REFERRERS_ENTRIES_MAX, over: "clamp" });
  const limit = page.limit ?? REFERRERS_ENTRIES_MAX;
  const { manifests, hasMore } = await collectPage(context, subject, {
    after: page.last ?? "",
    limit,
    artifactType,
  });
  const last = manifests.at(-1)?.digest;
  const query = { n: String(limit), ...(artifactType === null ? {} : { artifactType }) };
  return respondText(indexOf(manifests), {
    "Content-Type": OCI_INDEX,
    "OCI-Filters-Applied": artifactType === null ? undefined : "artifactType",
    Link: hasMore && last !== undefined
      ? nextLink(context.urls.referrers(context.name, subject), { ...query, last })
      : undefined,
  });
}

async function collectPage(
  { name, store: { referrers } }: RequestContext,
  subject: ReturnType<typeof requireDigest>,
  page: { readonly after: string; readonly limit: number; readonly artifactType: string | null },
): Promise<ReferrersPage> {
  const manifests: Descriptor[] = [];
  let bytes = 0;
  if (page.limit === 0) return { manifests, hasMore: false };
  for (const digest of await referrers.list(name, subject)) {
    if (digest <= page.after) continue;
    const descriptor = await referrers.describe(name, subject, digest);
    if (descriptor === null) continue;
    if (page.artifactType !== null && descriptor.artifactType !== page.artifactType) continue;
    if (manifests.length >= page.limit || bytes >= REFERRERS_PAGE_BYTES_MAX) {
      return { manifests, hasMore: true };
    }
    manifests.push(descriptor);
    bytes += textOf(descriptor).length;
  }
  return { manifests, hasMore: false };
}

/** An image index in JSON. */
function indexOf(manifests: readonly Descriptor[]): string {
  const texts = manifests.map(textOf).join();
  return `{"schemaVersion":2,"mediaType":${JSON.stringify(OCI_INDEX)},"manifests":[${texts}]}`;
}

/** The store gives the same descriptor again and again, and writing a thousand of them takes milliseconds. */
const texts = new WeakMap<Descriptor, string>();

function textOf(descriptor: Descriptor): string {
  let text = texts.get(descriptor);
  if (text === undefined) {
    text = JSON.stringify(descriptor);
    texts.set(descriptor, text);
  }
  return text;
}

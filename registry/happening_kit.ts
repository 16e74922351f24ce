/**
 * Pulls for tests.
 *
 * @module
 */

import { parseDigest } from "../storage/digest.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import { EventHeaders } from "./event_headers.ts";
import type { Event, EventSource } from "./events.ts";
import { eventText, type Happening } from "./happening.ts";
import { OCI_IMAGE } from "./media_types.ts";
import { RELATIVE_URLS } from "./urls.ts";

export const SOURCE: EventSource = { addr: "registry:5000", instanceID: "instance" };

const PULL: Happening = {
  atMs: 0,
  action: "pull",
  subject: {
    kind: "manifest",
    mediaType: OCI_IMAGE,
    digest: parseDigest(`sha256:${"0a".repeat(32)}`) ?? "",
    size: 7,
    tag: "v1" as Tag,
    fromRepository: null,
    document: null,
  },
  repository: "team/app" as RepositoryName,
  requestId: "",
  method: "GET",
  url: "http://registry.test/v2/team/app/manifests/v1",
  headers: headersOf({}),
  peer: null,
  user: null,
  urls: RELATIVE_URLS,
};

/** A pull in the request of that id. */
export function pullOf(requestId: string, changes: Partial<Happening> = {}): Happening {
  return { ...PULL, requestId, ...changes };
}

export function headersOf(headers: Readonly<Record<string, string>>): EventHeaders {
  return new EventHeaders(new Headers(headers));
}

/** The event that is made of something. */
export function eventOfHappening(happening: Happening): Event {
  return JSON.parse(eventText(happening, SOURCE)) as Event;
}

/**
 * What happened, before it is written as an event: of most pulls nobody is ever told, so remembering one has to cost little.
 *
 * @module
 */

import type { Descriptor } from "../storage/descriptor.ts";
import type { Digest } from "../storage/digest.ts";
import { readManifest } from "../storage/manifest.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { RequestContext } from "./context.ts";
import type { EventHeaders } from "./event_headers.ts";
import type { Event, EventAction, EventSource } from "./events.ts";
import { remoteAddress } from "./remote_address.ts";
import { RELATIVE_URLS, type UrlOptions, urlsOf } from "./urls.ts";

/** What something happened to. */
export interface Subject {
  /** By which of the addresses it is found; `null` when it is gone. */
  readonly kind: "manifest" | "blob" | null;
  readonly mediaType: string;
  /** `""` for a tag alone. */
  readonly digest: Digest | "";
  readonly size: number;
  readonly tag: Tag | null;
  /** Where a mounted blob comes from. */
  readonly fromRepository: RepositoryName | null;
  /** A manifest whose references are to be told. */
  readonly document: Uint8Array | null;
}

/** Something that happened, with what is told of the request. */
export interface Happening {
  /** In milliseconds since 1970. */
  readonly atMs: number;
  readonly action: EventAction;
  readonly subject: Subject;
  readonly repository: RepositoryName;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: EventHeaders;
  /** The other end of the connection. */
  readonly peer: Deno.Addr | null;
  readonly user: string | null;
  readonly urls: UrlOptions;
}

/** What happens in a request, now. */
export function happeningIn(
  { request, requestId, connection, caller, name, settings }: RequestContext,
  action: EventAction,
  subject: Subject,
  headers: EventHeaders,
): Happening {
  return {
    atMs: Date.now(),
    action,
    subject,
    repository: name,
    requestId,
    method: request.method,
    url: request.url,
    headers,
    peer: connection?.remoteAddr ?? null,
    user: caller.name,
    urls: settings.urls ?? RELATIVE_URLS,
  };
}

/** About how many bytes it takes to remember something, beside what is the same for each. */
export function happeningBytes(happening: Happening): number {
  const { subject, repository, requestId, url, headers, user } = happening;
  return subject.mediaType.length + subject.digest.length + (subject.tag?.length ?? 0) +
    (subject.document?.length ?? 0) + repository.length + requestId.length + url.length +
    headers.characters + (user?.length ?? 0);
}

/** Writes an event as JSON, under an id of its own. */
export function eventText(happening: Happening, source: EventSource): string {
  const { atMs, action, requestId, method, headers, peer, user } = happening;
  const addr = remoteAddress(happening, peer);
  const host = headers.get("Host");
  const event: Event = {
    id: crypto.randomUUID(),
    timestamp: new Date(atMs).toISOString(),
    action,
    target: targetOf(happening),
    request: {
      id: requestId,
      ...(addr === "" ? {} : { addr }),
      ...(host === null ? {} : { host }),
      method,
      useragent: headers.get("User-Agent") ?? "",
    },
    actor: user === null ? {} : { name: user },
    source,
  };
  return JSON.stringify(event);
}

function targetOf(happening: Happening): Event["target"] {
  const { mediaType, digest, size, tag, fromRepository, document } = happening.subject;
  const url = urlOf(happening);
  const references = document === null ? [] : referencesOf(document);
  return {
    mediaType,
    digest,
    size,
    ...(size === 0 ? {} : { length: size }),
    repository: happening.repository,
    ...(fromRepository === null ? {} : { fromRepository }),
    ...(url === null ? {} : { url }),
    ...(tag === null ? {} : { tag }),
    ...(references.length === 0 ? {} : { references }),
  };
}

/** A listener is elsewhere, so a path alone would not lead it back. */
function urlOf(happening: Happening): string | null {
  const { subject: { kind, digest }, repository, urls } = happening;
  if (kind === null || digest === "") return null;
  return urlsOf(happening, { ...urls, isRelative: false })[kind](repository, digest);
}

/** The config and layers of an image, or the manifests of an index, in the order of the document. */
function referencesOf(bytes: Uint8Array): readonly Descriptor[] {
  const content = readManifest(bytes);
  if (content === null) return [];
  const { kind, config, layers, manifests } = content;
  if (kind === "index") return manifests;
  return config === null ? layers : [config, ...layers];
}

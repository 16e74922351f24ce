/**
 * What a handler is given.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import { parseDigest } from "../storage/digest.ts";
import { parseRepositoryName, type RepositoryName } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import type { Caller } from "./auth/authorizer.ts";
import { RegistryError } from "./errors.ts";
import type { EventRecorder } from "./event_recorder.ts";
import type { HotBlobs } from "./hot_blobs.ts";
import type { TagTest } from "./immutable_tags.ts";
import type { ManifestRules } from "./manifest_rules.ts";
import type { Connection } from "./observe.ts";
import type { UrlOptions, Urls } from "./urls.ts";

/** How a registry is set. The names are those of distribution's configuration. */
export interface RegistrySettings {
  /** `storage.delete.enabled`: whether manifests, tags and blobs can be deleted. */
  readonly isDeleteEnabled: boolean;
  /** `storage.maintenance.readonly.enabled`: whether every write is turned down, at this moment. */
  readonly isReadOnly: boolean;
  /** Why no more requests are wanted, at this moment; `null` or absent while they are. */
  readonly unready?: string | null;
  /** `catalog.maxentries`. */
  readonly catalogEntriesMax: number;
  /** `tags.maxtags`. */
  readonly tagsEntriesMax: number;
  /** `tags.immutable`: whether a tag keeps what it names; no tag does when there is none. */
  readonly isTagImmutable?: TagTest;
  /** `validation` and `policy`: what manifests may say; no more is asked of them when there are none. */
  readonly manifestRules?: ManifestRules;
  /** `http.idletimeout`: how long a body may bring nothing, in milliseconds; any time when there is none, or 0. */
  readonly bodyIdleMs?: number;
  /** `http.host`, `http.prefix` and `http.relativeurls`; paths from the root when there are none. */
  readonly urls?: UrlOptions;
}

/** One request, with what the path says already parsed. */
export interface RequestContext {
  readonly request: Request;
  /** Names the request in logs, traces and events. */
  readonly requestId: string;
  /** What the request came over; `null` when nobody watches. */
  readonly connection: Connection | null;
  /** To be told of the bytes of the body, as they come. */
  readonly received: (bytes: number) => void;
  readonly store: Store;
  readonly hotBlobs: HotBlobs;
  readonly settings: RegistrySettings;
  readonly caller: Caller;
  readonly name: RepositoryName;
  /** The tag, digest or id of the path, decoded and not yet parsed. */
  readonly reference: string;
  readonly query: URLSearchParams;
  /** Writes the addresses of the answer. */
  readonly urls: Urls;
  /** Tells listeners; `null` when there are none. */
  readonly events: EventRecorder | null;
}

/** Parses a digest that a client sent; throws `DIGEST_INVALID` when it is malformed or of an unknown algorithm. */
export function requireDigest(text: string): Digest {
  const digest = parseDigest(text);
  if (digest !== null) return digest;
  throw new RegistryError("DIGEST_INVALID", {
    message: "the digest is malformed, or its algorithm is not supported",
    detail: { digest: text.slice(0, 200) },
  });
}

/** Parses a repository name that a client sent; throws `NAME_INVALID` when it is malformed. */
export function requireName(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name !== null) return name;
  throw new RegistryError("NAME_INVALID", {
    message: "a repository name has components of a-z 0-9 with . _ __ - between them, joined by /",
    detail: { name: text.slice(0, 300) },
  });
}

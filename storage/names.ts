/**
 * Names that clients and operators choose: repositories, tags, uploads, listeners. A path is built only from these.
 *
 * @module
 */

import { ENDPOINT_ID_CHARACTERS_MAX, REPOSITORY_NAME_CHARACTERS_MAX } from "./limits.ts";

declare const brand: unique symbol;

/** A repository name such as `library/alpine`. Comes only from {@linkcode parseRepositoryName}. */
export type RepositoryName = string & { readonly [brand]: "RepositoryName" };

/** A tag such as `3.20`. Comes only from {@linkcode parseTag}. */
export type Tag = string & { readonly [brand]: "Tag" };

/** The id of an upload, a lower-case UUID. Comes only from {@linkcode parseUploadId} and {@linkcode newUploadId}. */
export type UploadId = string & { readonly [brand]: "UploadId" };

/** The name of a listener as it can stand in a path. Comes only from {@linkcode endpointIdOf}. */
export type EndpointId = string & { readonly [brand]: "EndpointId" };

// OCI distribution spec, "Pulling manifests". The length is checked first, so that a long name costs nothing.
const COMPONENT_REGEXP = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG_REGEXP = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const UPLOAD_ID_REGEXP = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Parses a repository name; `null` when it is malformed or longer than 255 characters. */
export function parseRepositoryName(text: string): RepositoryName | null {
  if (text.length === 0 || text.length > REPOSITORY_NAME_CHARACTERS_MAX) return null;
  for (const component of text.split("/")) {
    if (!COMPONENT_REGEXP.test(component)) return null;
  }
  return text as RepositoryName;
}

/** Tells whether one path element can be a component of a repository name. */
export function isRepositoryComponent(text: string): boolean {
  return COMPONENT_REGEXP.test(text);
}

/** Parses a tag; `null` when it is malformed. */
export function parseTag(text: string): Tag | null {
  return TAG_REGEXP.test(text) ? text as Tag : null;
}

/** Parses the id of an upload; `null` when it is not a lower-case UUID. */
export function parseUploadId(text: string): UploadId | null {
  return UPLOAD_ID_REGEXP.test(text) ? text as UploadId : null;
}

/** A new random upload id (RFC 9562, version 4). */
export function newUploadId(): UploadId {
  return crypto.randomUUID() as UploadId;
}

const encoder = new TextEncoder();

/** Writes the name of a listener so that it can stand in a path; `null` when it is empty or too long for that. */
export function endpointIdOf(name: string): EndpointId | null {
  if (!name.isWellFormed()) return null;
  const id = name.replace(/[^A-Za-z0-9_-]/gu, percentEncoded);
  return id.length === 0 || id.length > ENDPOINT_ID_CHARACTERS_MAX ? null : id as EndpointId;
}

/** The name of the listener that a path element stands for; `null` when it stands for none. */
export function endpointNameOf(id: string): string | null {
  try {
    const name = decodeURIComponent(id);
    return endpointIdOf(name) === id ? name : null;
  } catch {
    return null;
  }
}

function percentEncoded(character: string): string {
  return Array.from(
    encoder.encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}

/**
 * The addresses that answers give to clients.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import type { RepositoryName, UploadId } from "../storage/names.ts";
import { type RequestHead, requestOrigin } from "./origin.ts";

/** How addresses are written. The names are those of distribution's configuration. */
export interface UrlOptions {
  /** `http.host`: the URL by which clients know the registry; wins over what requests say. `null` for none. */
  readonly host: string | null;
  /** `http.prefix`: what comes before `/v2/`; begins and ends with a slash. */
  readonly prefix: string;
  /** `http.relativeurls`: whether addresses are paths, unless there is a host. */
  readonly isRelative: boolean;
}

/** Paths from the root, which are right behind any proxy that does not change paths. */
export const RELATIVE_URLS: UrlOptions = { host: null, prefix: "/", isRelative: true };

/** Writes the addresses of one answer. */
export class Urls {
  readonly #base: string;

  /** `base` is what comes before `v2/`: it ends with a slash. */
  constructor(base: string) {
    this.#base = base;
  }

  blob(name: RepositoryName, digest: Digest): string {
    return `${this.#base}v2/${name}/blobs/${digest}`;
  }

  manifest(name: RepositoryName, digest: Digest): string {
    return `${this.#base}v2/${name}/manifests/${digest}`;
  }

  upload(name: RepositoryName, id: UploadId): string {
    return `${this.#base}v2/${name}/blobs/uploads/${id}`;
  }

  tags(name: RepositoryName): string {
    return `${this.#base}v2/${name}/tags/list`;
  }

  referrers(name: RepositoryName, subject: Digest): string {
    return `${this.#base}v2/${name}/referrers/${subject}`;
  }

  catalog(): string {
    return `${this.#base}v2/_catalog`;
  }

  /** What is at a path beside `/v2/`. */
  at(path: string): string {
    return `${this.#base}${path.replace(/^\//, "")}`;
  }
}

/** The addresses that suit a request. */
export function urlsOf(request: RequestHead, { host, prefix, isRelative }: UrlOptions): Urls {
  if (host !== null) return new Urls(hostBase(host, prefix));
  return new Urls(isRelative ? prefix : `${requestOrigin(request)}${prefix}`);
}

/** The URL of a path beside `/v2/` with its host, for headers that have to name it however addresses are written. */
export function absoluteUrl(request: Request, path: string, options: UrlOptions): string {
  return urlsOf(request, { ...options, isRelative: false }).at(path);
}

/** A path in the host's URL stands for the prefix, as a proxy may have another one than the registry. */
function hostBase(host: string, prefix: string): string {
  const { origin, pathname } = new URL(host);
  if (pathname === "/") return `${origin}${prefix}`;
  return pathname.endsWith("/") ? `${origin}${pathname}` : `${origin}${pathname}/`;
}

/** What health checks ask for, whatever the prefix is. */
const PREFIXLESS_PATHS: ReadonlySet<string> = new Set(["/", "/livez", "/readyz"]);

/** The path below a prefix, with its leading slash; `null` when it is neither below nor what health checks ask for. */
export function pathBelow(prefix: string, path: string): string | null {
  if (PREFIXLESS_PATHS.has(path)) return path;
  return path.startsWith(prefix) ? path.slice(prefix.length - 1) : null;
}

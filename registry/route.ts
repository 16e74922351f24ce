/**
 * What a route is, and which one a path takes.
 *
 * @module
 */

import type { Awaitable } from "../storage/awaitable.ts";
import type { RequestContext } from "./context.ts";
import type { ErrorCode } from "./errors.ts";
import type { Answer } from "./respond.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a caller must be allowed to do. */
export type Access = "none" | "base" | "pull" | "push" | "delete" | "catalog";

/** Which switch of the registry can turn a request down: `write` the read-only one, `delete` that of deletes too. */
export type Switch = "none" | "write" | "delete";

/** What follows `Location`, `Range` and the like: a handler answers one request. */
export type Handler = (context: RequestContext) => Awaitable<Answer>;

/**
 * What metrics call the routes: distribution's names, those of the routes that only berth has, and `other` for requests
 * that no route fits.
 */
export const ROUTE_LABELS = [
  "base",
  "manifest",
  "catalog",
  "tags",
  "blob",
  "blob_upload",
  "blob_upload_chunk",
  "referrers",
  "token",
  "root",
  "livez",
  "readyz",
  "other",
] as const;

export type RouteLabel = (typeof ROUTE_LABELS)[number];

/** One method of one path. */
export interface Endpoint {
  readonly method: Method;
  /** Number of the endpoint in the OCI distribution spec ("Endpoints"); `null` for Docker's own. */
  readonly spec: string | null;
  readonly summary: string;
  readonly access: Access;
  readonly guardedBy: Switch;
  readonly success: readonly number[];
  readonly failures: readonly ErrorCode[];
  readonly handler: Handler;
}

/** One path with its endpoints. */
export interface Route {
  /** With `<name>`, `<reference>`, `<digest>` and `<id>` for what varies. A slash at the end may be left out or added. */
  readonly path: string;
  readonly label: RouteLabel;
  readonly endpoints: readonly Endpoint[];
}

/** A path that was understood. */
export interface RouteMatch {
  readonly route: Route;
  /** The repository name as it stands in the path, not yet parsed; `""` where the path has none. */
  readonly name: string;
  /** The tag, digest or id as it stands in the path; `""` where the path has none. */
  readonly reference: string;
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "<name>": "(?<name>.+)",
  "<reference>": "(?<reference>[^/]+)",
  "<digest>": "(?<reference>[^/]+)",
  "<id>": "(?<reference>[^/]+)",
};

/** Finds routes by path. */
export class Router {
  readonly #rows: readonly { readonly route: Route; readonly pattern: RegExp }[];

  /** Where several routes fit a path, the first does. */
  constructor(routes: readonly Route[]) {
    this.#rows = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  /** The route of a decoded path; `null` when there is none. */
  match(path: string): RouteMatch | null {
    for (const { route, pattern } of this.#rows) {
      const groups = pattern.exec(path);
      if (groups === null) continue;
      const { name = "", reference = "" } = groups.groups ?? {};
      return { route, name, reference };
    }
    return null;
  }
}

function patternOf(path: string): RegExp {
  const source = path.replace(/\/$/, "").replace(/<[a-z]+>/g, (name) => PLACEHOLDERS[name] ?? name);
  // Names from strangers may hold line breaks, which the dot must not stop at.
  return new RegExp(`^${source}/?$`, "s");
}

/** The methods of a route, as an `Allow` header lists them. */
export function allowedMethods(route: Route): string {
  return route.endpoints.map((endpoint) => endpoint.method).join(", ");
}

/**
 * Who may do what: the seam between the protocol and the schemes that check credentials.
 *
 * @module
 */

import type { Awaitable } from "../../storage/awaitable.ts";
import type { RepositoryName } from "../../storage/names.ts";
import type { RepositoryFilter } from "../../storage/repositories.ts";
import type { Access } from "../route.ts";

/** What is done to a repository, or to the registry itself (`*` on the catalog), as the token protocol names it. */
export type Action = "pull" | "push" | "delete" | "*";

/** One thing that a request has to be allowed to do (Docker token protocol, "scope"). */
export interface AccessRequest {
  readonly type: "repository" | "registry";
  /** A repository name, or `catalog`. */
  readonly name: string;
  readonly actions: readonly Action[];
}

/** Who sent a request. */
export interface Caller {
  /** `null` for nobody in particular. */
  readonly name: string | null;
  /** Whether the caller may do this too; for what a request finds out on the way. */
  may(access: AccessRequest): boolean;
  /** Which repositories the catalog shows the caller; `null` for all. */
  readonly sees: RepositoryFilter | null;
}

/** A way to find out who sent a request. */
export interface Authorizer {
  /**
   * Lets a request through. Throws `UNAUTHORIZED` with a challenge when the credentials are missing or wrong, and
   * `DENIED` when they are good for other things. An empty list asks only who it is.
   */
  authorize(request: Request, access: readonly AccessRequest[]): Awaitable<Caller>;
}

const ANYONE: Caller = { name: null, may: () => true, sees: null };

/** Lets everybody do everything: a registry without `auth`. */
export const openAuthorizer: Authorizer = { authorize: () => ANYONE };

const CATALOG: AccessRequest = { type: "registry", name: "catalog", actions: ["*"] };

/** What each kind of endpoint asks for, as distribution does (`registry/handlers/app.go`, access records). */
const ACTIONS: Readonly<Record<Access, readonly Action[]>> = {
  none: [],
  base: [],
  catalog: [],
  pull: ["pull"],
  push: ["pull", "push"],
  delete: ["delete"],
};

/** What a request to an endpoint has to be allowed to do. A mount reads the repository that it names. */
export function accessRequests(
  access: Access,
  name: RepositoryName,
  mountedFrom: RepositoryName | null,
): readonly AccessRequest[] {
  if (access === "catalog") return [CATALOG];
  const actions = ACTIONS[access];
  if (actions.length === 0) return [];
  const own: AccessRequest = { type: "repository", name, actions };
  return mountedFrom === null ? [own] : [own, pullOf(mountedFrom)];
}

/** The request to read a repository. */
export function pullOf(name: RepositoryName): AccessRequest {
  return { type: "repository", name, actions: ["pull"] };
}

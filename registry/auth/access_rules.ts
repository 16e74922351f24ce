/**
 * Who may do what on which repositories.
 *
 * @module
 */

import { globPattern } from "../../storage/glob.ts";
import type { AccessRequest, Action } from "./authorizer.ts";
import { AuthOptionsError } from "./options.ts";

/**
 * The section `access`. Rules only ever give: a request goes through when the rules that name the caller give all that
 * it asks for. Whatever no rule gives is refused.
 *
 * ```yaml
 * access:
 *   groups:
 *     developers: [alice, bob]
 *   rules:
 *     - who: anonymous                # everybody, with or without a login
 *       may: pull
 *       repositories: "public/**"
 *     - who: authenticated            # every user
 *       may: [pull, catalog]          # on all repositories
 *     - who: [group:developers, user:ci]
 *       may: [push, delete]
 *       repositories: ["team/*", "base"]
 * ```
 */
export interface AccessOptions {
  /** The users of each group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly AccessRule[];
}

/** One rule. */
export interface AccessRule {
  /** Each `anonymous`, `authenticated`, `user:NAME` or `group:NAME`. */
  readonly who: readonly string[];
  readonly may: readonly Right[];
  /** Patterns with `*` for anything within a component and `**` for any components; empty for all. */
  readonly repositories: readonly string[];
}

/** What a rule gives. A push reads too, so `push` gives `pull`. `catalog` has nothing to do with repositories. */
export type Right = "pull" | "push" | "delete" | "catalog";

/** What each right lets through. */
const ACTIONS: Readonly<Record<Right, readonly Action[]>> = {
  pull: ["pull"],
  push: ["pull", "push"],
  delete: ["delete"],
  catalog: ["*"],
};

interface PreparedRule {
  readonly includes: (user: string | null) => boolean;
  readonly covers: (repository: string) => boolean;
  readonly repositoryActions: ReadonlySet<Action>;
  readonly hasCatalog: boolean;
}

/** The rules, ready to be asked. */
export class AccessRules {
  readonly #rules: readonly PreparedRule[];

  /** Throws an `AuthOptionsError` that names the rule for a `who` or `may` that is none, and for an unknown group. */
  constructor({ groups, rules }: AccessOptions) {
    this.#rules = rules.map((rule, index) => prepare(rule, groups, `access.rules[${index}]`));
  }

  /** Whether a user may do all of it; `null` is somebody without a login. */
  allows(user: string | null, access: AccessRequest): boolean {
    return access.actions.every((action) => this.#gives(user, access, action));
  }

  /** Whether there is anything at all that a user may do. */
  knows(user: string | null): boolean {
    return this.#rules.some((rule) => rule.includes(user));
  }

  #gives(user: string | null, { type, name }: AccessRequest, action: Action): boolean {
    return this.#rules.some((rule) => {
      if (!rule.includes(user)) return false;
      return type === "registry"
        ? name === "catalog" && rule.hasCatalog
        : rule.repositoryActions.has(action) && rule.covers(name);
    });
  }
}

function prepare(
  { who, may, repositories }: AccessRule,
  groups: AccessOptions["groups"],
  where: string,
): PreparedRule {
  if (who.length === 0) throw new AuthOptionsError(`${where}.who: name somebody`);
  for (const right of may) {
    if (!Object.hasOwn(ACTIONS, right)) {
      const rights = Object.keys(ACTIONS).join(", ");
      throw new AuthOptionsError(`${where}.may: "${right}" is none of ${rights}`);
    }
  }
  const includes = who.map((each) => parseWho(each, groups, where));
  const patterns = repositories.map(globPattern);
  return {
    includes: (user) => includes.some((test) => test(user)),
    covers: (name) => patterns.length === 0 || patterns.some((pattern) => pattern.test(name)),
    repositoryActions: new Set(
      may.filter((right) => right !== "catalog").flatMap((right) => ACTIONS[right]),
    ),
    hasCatalog: may.includes("catalog"),
  };
}

type WhoTest = (user: string | null) => boolean;

function parseWho(text: string, groups: AccessOptions["groups"], where: string): WhoTest {
  if (text === "anonymous") return () => true;
  if (text === "authenticated") return (user) => user !== null;
  const [, kind, name = ""] = /^(user|group):(.+)$/s.exec(text) ?? [];
  if (kind === "user") return (user) => user === name;
  if (kind === "group") {
    const members = Object.hasOwn(groups, name) ? new Set(groups[name]) : null;
    if (members !== null) return (user) => user !== null && members.has(user);
    throw new AuthOptionsError(`${where}.who: there is no group "${name}" in access.groups`);
  }
  throw new AuthOptionsError(
    `${where}.who: "${text}" is none of anonymous, authenticated, user:NAME, group:NAME`,
  );
}

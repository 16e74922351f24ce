/**
 * Challenges of two registries, made comparable.
 *
 * @module
 */

/** A challenge with its scope in order: distribution takes the resources of a scope, and their actions, out of Go maps, in any order. */
export function challengeInOrder(challenge: string | null): string | null {
  return challenge?.replace(/scope="([^"]*)"/, (_, scope: string) => {
    const resources = scope.split(" ").map((resource) => {
      const colon = resource.lastIndexOf(":");
      const actions = resource.slice(colon + 1).split(",").toSorted();
      return `${resource.slice(0, colon)}:${actions.join(",")}`;
    });
    return `scope="${resources.toSorted().join(" ")}"`;
  }) ?? null;
}

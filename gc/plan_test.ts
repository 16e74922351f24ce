import { assertEquals } from "@std/assert";
import { GC_REPOSITORIES_TOGETHER } from "../storage/limits.ts";
import type { RepositoryName } from "../storage/names.ts";
import { pushImage, repository } from "../storage/store_kit.ts";
import { COLLECT, COLLECTED_MS, timedStore } from "./gc_kit.ts";
import { planCollection } from "./plan.ts";
import type { Removal } from "./removal.ts";

/** What each step removes in repositories that hold an untagged image each: `kind name`. */
async function stepsOf(names: readonly RepositoryName[]): Promise<readonly (readonly string[])[]> {
  const { store } = timedStore();
  for (const name of names) await pushImage(store, name, `image of ${name}`);
  const steps: string[][] = [];
  const plan = planCollection(store, { ...COLLECT, startedMs: COLLECTED_MS }, {});
  const spared = new Set<Removal>();
  for (let next = await plan.next(spared); !next.done; next = await plan.next(spared)) {
    steps.push(
      next.value.map((removal) =>
        "name" in removal ? `${removal.kind} ${removal.name}` : removal.kind
      ),
    );
  }
  return steps;
}

Deno.test("planCollection() plans several repositories together, manifests before layers", async () => {
  assertEquals(await stepsOf([repository("a"), repository("b")]), [
    ["manifest a", "manifest b"],
    ["layer a", "layer a", "layer b", "layer b"],
    ["repository a", "repository b"],
    Array(6).fill("blob"),
  ]);
});

Deno.test("planCollection() plans no more repositories together than it has memory for", async () => {
  const names = Array.from(
    { length: GC_REPOSITORIES_TOGETHER + 1 },
    (_, index) => repository(`app-${index}`),
  );
  const manifests = (await stepsOf(names))
    .filter((step) => step.some((removal) => removal.startsWith("manifest ")));
  assertEquals(manifests.map((step) => step.length), [GC_REPOSITORIES_TOGETHER, 1]);
});

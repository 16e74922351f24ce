import { assertEquals } from "@std/assert";
import { CatalogChanges } from "./catalog_changes.ts";
import { type CatalogPage, CatalogPages } from "./catalog_pages.ts";
import { layersDirectory, repositoryPrefix } from "./layout.ts";
import { SIGHTING_MS, TIMES_SETTLED_MS } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import type { RepositoryName } from "./names.ts";
import { repository } from "./store_kit.ts";

const PLACE = { after: "", limit: 100 };
const TEAM = repositoryPrefix("team/");

/** Pages over a driver with one directory of repositories. */
interface Setup {
  readonly driver: MemoryDriver;
  /** Moved by hand. */
  readonly clock: { nowMs: number };
  readonly catalog: CatalogChanges;
  readonly pages: CatalogPages;
  /** What is found, and how often somebody looked. */
  readonly state: { names: readonly RepositoryName[]; finds: number };
  readonly find: () => Promise<CatalogPage>;
}

async function openPages(names: readonly RepositoryName[]): Promise<Setup> {
  const driver = new MemoryDriver();
  await driver.put(layersDirectory(repository("team/app")), new Uint8Array());
  const clock = { nowMs: Date.now() + 10 * TIMES_SETTLED_MS };
  const catalog = new CatalogChanges();
  const pages = new CatalogPages(driver, { watch: null, catalog, nowMs: () => clock.nowMs });
  const state = { names, finds: 0 };
  const find = (): Promise<CatalogPage> => {
    state.finds++;
    return Promise.resolve({ names: state.names, levels: [TEAM] });
  };
  return { driver, clock, catalog, pages, state, find };
}

Deno.test("CatalogPages.get() finds a page once in a moment", async () => {
  const { clock, pages, state, find } = await openPages([repository("team/app")]);
  for (const [laterMs, finds] of [[0, 1], [SIGHTING_MS - 1, 1], [1, 2], [1, 2]] as const) {
    clock.nowMs += laterMs;
    assertEquals(await pages.get(PLACE, find), [repository("team/app")]);
    assertEquals(state.finds, finds);
  }
});

Deno.test("CatalogPages.get() keeps each page by its beginning and its length", async () => {
  const { pages, state, find } = await openPages([]);
  for (const place of [PLACE, { after: "a", limit: 100 }, { after: "", limit: 10 }]) {
    await pages.get(place, find);
    await pages.get(place, find);
  }
  assertEquals(state.finds, 3);
});

Deno.test("CatalogPages.get() finds again what changed, also while it was found", async () => {
  const { catalog, pages, state, find } = await openPages([]);
  await pages.get(PLACE, find);
  state.names = [repository("team/new")];
  catalog.note();
  assertEquals(await pages.get(PLACE, find), [repository("team/new")]);
  assertEquals(state.finds, 2);
  catalog.note();
  await pages.get(PLACE, () => {
    catalog.note();
    return find();
  });
  await pages.get(PLACE, find);
  assertEquals(state.finds, 4);
});

Deno.test("CatalogChanges counts over all who share its memory", () => {
  const changes = new CatalogChanges();
  const others = new CatalogChanges(changes.buffer);
  const before = others.count;
  changes.note();
  others.note();
  assertEquals(changes.count, before + 2n);
});

Deno.test("CatalogPages.get() keeps no page through a directory that may change within its tick", async () => {
  const { clock, pages, state, find } = await openPages([]);
  clock.nowMs = Date.now() + TIMES_SETTLED_MS / 2;
  await pages.get(PLACE, find);
  await pages.get(PLACE, find);
  assertEquals(state.finds, 2);
});

Deno.test("CatalogPages.get() keeps no page through a directory that is gone", async () => {
  const { driver, pages, state, find } = await openPages([]);
  await pages.get(PLACE, find);
  await driver.removeAll(TEAM);
  await pages.get(PLACE, find);
  await pages.get(PLACE, find);
  assertEquals(state.finds, 3);
});

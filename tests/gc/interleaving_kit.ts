/**
 * Pushes beside a collection, in every order of their steps.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { collect } from "../../gc/collect.ts";
import type { RetentionRule } from "../../gc/retention.ts";
import { textBytes } from "../../storage/contract/bytes.ts";
import type { Digest } from "../../storage/digest.ts";
import { GC_HOLD_MS, GC_UPLOAD_AGE_MS } from "../../storage/limits.ts";
import { readManifest } from "../../storage/manifest.ts";
import type { ManifestPut } from "../../storage/manifests.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import type { RepositoryName, Tag } from "../../storage/names.ts";
import { openStore, type Store } from "../../storage/store.ts";
import {
  digestOf,
  imageOf,
  type ImageOptions,
  indexOf,
  pushBlob,
} from "../../storage/store_kit.ts";
import { type Choose, chooseBySeed, exploreAll, Scheduler } from "./scheduler.ts";
import { Conflicts, LockTable, SteppedDriver } from "./stepped_driver.ts";

/** When the garbage was pushed, and when everything else happens. */
const OLD_MS = Date.UTC(2024, 0, 1);
const NOW_MS = Date.UTC(2024, 0, 2);

/** More rounds than one collection can make necessary. */
const PUSH_ROUNDS_MAX = 4;

/** A manifest with all that has to be pushed before it. */
export interface Pushable {
  readonly manifest: ManifestPut;
  /** The contents of its blobs. */
  readonly blobs: readonly string[];
  readonly children: readonly Pushable[];
}

/** An image with a config and a layer that are made of a text. */
export function image(text: string, options: ImageOptions = {}): Pushable {
  const blobs = [`config of ${text}`, `layer of ${text}`] as const;
  return { manifest: imageOf(...blobs, options), blobs, children: [] };
}

/** An index of images or other indexes. */
export function index(children: readonly Pushable[]): Pushable {
  return {
    manifest: indexOf(children.map(({ manifest }) => manifest.digest)),
    blobs: [],
    children,
  };
}

/** A client of the registry that pushes as clients do: it asks what is there, and sends what is not. */
export class Client {
  readonly store: Store;
  readonly name: RepositoryName;
  /** What each tag was given, as far as the registry said so. */
  readonly tagged = new Map<Tag, Pushable>();
  /** By subject that has a tag, what must be among its referrers. */
  readonly referrers = new Map<Digest, Digest>();

  constructor(store: Store, name: RepositoryName) {
    this.store = store;
    this.name = name;
  }

  /** Pushes a manifest, and again as long as the registry says that something is missing. */
  async push(what: Pushable, tags: readonly Tag[] = [], from?: RepositoryName): Promise<void> {
    for (let round = 0; round < PUSH_ROUNDS_MAX; round++) {
      for (const text of what.blobs) await this.#offer(text, from);
      for (const child of what.children) {
        if (!await this.store.manifests.exists(this.name, child.manifest.digest)) {
          await this.push(child);
        }
      }
      if (!await this.put(what, tags)) continue;
      return;
    }
    throw new Error(`The registry did not take the manifest in ${PUSH_ROUNDS_MAX} rounds`);
  }

  /** Sends only the manifest; false when something is missing. */
  async put(what: Pushable, tags: readonly Tag[] = []): Promise<boolean> {
    const missing = await this.store.manifests.put(this.name, { ...what.manifest, tags });
    if (missing.length > 0) return false;
    for (const tag of tags) this.tagged.set(tag, what);
    return true;
  }

  /** Asks for the referrers of a manifest, and expects from then on that this one is among them. */
  async listReferrer(subject: Pushable, referrer: Pushable): Promise<void> {
    await this.store.referrers.list(this.name, subject.manifest.digest);
    this.referrers.set(subject.manifest.digest, referrer.manifest.digest);
  }

  /** Deletes a manifest with its tags. */
  async remove(what: Pushable): Promise<void> {
    const tags = await this.store.manifests.remove(this.name, what.manifest.digest);
    for (const tag of tags ?? []) this.tagged.delete(tag);
  }

  /** Makes sure that a blob is there: it may be, or can be mounted, or is uploaded. */
  async #offer(text: string, from: RepositoryName | undefined): Promise<void> {
    const digest = digestOf(text);
    if (await this.store.blobs.stat(this.name, digest) !== null) return;
    if (from !== undefined && await this.store.blobs.mount(this.name, from, digest) !== null) {
      return;
    }
    await pushBlob(this.store, this.name, textBytes(text));
  }
}

/** What happens beside a collection. */
export interface Scenario {
  readonly name: RepositoryName;
  /** Fills the store with what is old by the time the collection begins. */
  readonly prepare: (client: Client) => Promise<void>;
  /** What each client does, at the same time. */
  readonly clients: readonly ((client: Client) => Promise<void>)[];
  readonly retention?: RetentionRule;
  /** Nothing that happens beside the collection is older; nothing is spared for its age unless this is given. */
  readonly minAgeMs?: number;
  /** Whether the collection may see something that is wrong at that moment. */
  readonly canSeeProblems?: boolean;
  /** Looks at the store when everything is over, beyond what holds of every store. */
  readonly check?: (store: Store) => Promise<void>;
}

/** How far to look. */
export interface Effort {
  readonly preemptionsMax: number;
  readonly randomRuns: number;
}

/**
 * Runs a scenario in every order with few preemptions, and in many random ones, with a clock that goes on at each step
 * and with one that stands. After each run every tag that was acknowledged is whole. Returns the number of runs.
 */
export async function proveWhole(scenario: Scenario, effort: Effort): Promise<number> {
  const conflicts = new Conflicts();
  let runs = 0;
  for (const tickMs of [0, 1]) {
    const run = (choose: Choose): Promise<void> => runOnce(scenario, conflicts, tickMs, choose);
    // What matters to others is found out on the way; what was run before that is run again.
    do runs += await exploreAll(run, effort.preemptionsMax); while (conflicts.learn());
    for (let seed = 1; seed <= effort.randomRuns; seed++) {
      await run(chooseBySeed(seed, (seed % 10) / 10));
      runs++;
    }
  }
  return runs;
}

async function runOnce(
  scenario: Scenario,
  conflicts: Conflicts,
  tickMs: number,
  choose: Choose,
): Promise<void> {
  let nowMs = OLD_MS;
  const memory = new MemoryDriver({ clock: () => nowMs });
  await scenario.prepare(new Client(openStore(memory), scenario.name));
  nowMs = NOW_MS;
  const tick = (): void => {
    nowMs += tickMs;
  };
  const world = { memory, locks: new LockTable(), conflicts, tick };
  const scheduler = new Scheduler();
  const storeOf = (actor: string): Store =>
    openStore(new SteppedDriver(world, actor, scheduler.add(actor)));
  const clients = scenario.clients.map((_, number) =>
    new Client(storeOf(`client ${number}`), scenario.name)
  );
  const collector = storeOf("collector");
  const bodies = scenario.clients.map((act, number) => async (): Promise<void> => {
    const client = clients[number];
    if (client !== undefined) await act(client);
  });
  try {
    await scheduler.run([...bodies, () => collectAll(collector, scenario)], choose);
    const store = openStore(memory);
    for (const client of clients) await assertAcknowledged(store, client);
    await assertWhole(store, scenario.name);
    await scenario.check?.(store);
  } catch (error) {
    throw new Error(`With these steps:\n${scheduler.history.join("\n")}`, { cause: error });
  }
}

/** A collection that takes as many holds of the gate as there are things to remove, and has nothing to report. */
async function collectAll(store: Store, scenario: Scenario): Promise<void> {
  let clockMs = 0;
  const totals = await collect(store, {
    isDryRun: false,
    isPatient: true,
    deleteUntagged: true,
    minAgeMs: scenario.minAgeMs ?? 0,
    uploadAgeMs: GC_UPLOAD_AGE_MS,
    isInScope: () => true,
    retention: () => scenario.retention ?? null,
    nowMs: () => clockMs += GC_HOLD_MS,
    parallel: 1,
    pause: () => Promise.resolve(),
  });
  if (scenario.canSeeProblems !== true) assertEquals(totals?.problems, []);
}

async function assertAcknowledged(store: Store, client: Client): Promise<void> {
  for (const [tag, { manifest }] of client.tagged) {
    assertEquals(await store.tags.resolve(client.name, tag), manifest.digest, `tag ${tag}`);
  }
  for (const [subject, referrer] of client.referrers) {
    const listed = await client.store.referrers.list(client.name, subject);
    assert(listed.includes(referrer), `${referrer} must be among the referrers of ${subject}`);
  }
}

/** Every tag leads to a manifest, and every manifest of the repository has all that it needs. */
async function assertWhole(store: Store, name: RepositoryName): Promise<void> {
  for await (const { tag, digest } of store.tags.entries(name)) {
    assert(digest !== null, `tag ${tag} has no link`);
    assert(await store.manifests.exists(name, digest), `tag ${tag} names ${digest}, which is gone`);
  }
  for await (const { digest } of store.manifests.revisions(name)) {
    const manifest = await store.manifests.get(name, digest);
    assert(manifest !== null, `manifest ${digest} has no bytes`);
    const content = readManifest(manifest.bytes);
    assert(content !== null);
    for (const blob of [...content.config === null ? [] : [content.config], ...content.layers]) {
      const found = await store.blobs.stat(name, blob.digest);
      assert(found !== null, `blob ${blob.digest} of manifest ${digest} is gone`);
      const bytes = await store.blobs.readOnce(found);
      assertEquals(bytes === null ? null : digestOf(new TextDecoder().decode(bytes)), found.digest);
    }
    for (const child of content.manifests) {
      const exists = await store.manifests.exists(name, child.digest);
      assert(exists, `child ${child.digest} of manifest ${digest} is gone`);
    }
  }
}

import { assert, assertEquals } from "@std/assert";
import { textBytes } from "../../storage/contract/bytes.ts";
import type { RepositoryName } from "../../storage/names.ts";
import { bodyOf, digestOf, pushBlob, repository, tagOf } from "../../storage/store_kit.ts";
import {
  type Client,
  type Effort,
  image,
  index,
  proveWhole,
  type Pushable,
  type Scenario,
} from "./interleaving_kit.ts";

const APP = repository("test/app");
const BASE = repository("test/base");
const TAG = tagOf("latest");
const OTHER_TAG = tagOf("stable");

/** Longer than a test, and shorter than what is old is old. */
const MIN_AGE_MS = 60 * 60 * 1_000;

const IMAGE = image("the image");
const OTHER = image("another image");
const INDEX = index([IMAGE, OTHER]);
const OUTER_INDEX = index([INDEX]);
const SIGNATURE = image("the signature", { subject: IMAGE.manifest.digest });
const COUNTERSIGNATURE = image("the countersignature", { subject: SIGNATURE.manifest.digest });

/** Every run with one preemption takes a second for most scenarios; all with two take minutes. */
const EFFORT: Effort = Deno.env.get("BERTH_TEST_THOROUGH") === undefined
  ? { preemptionsMax: 1, randomRuns: 40 }
  : { preemptionsMax: 2, randomRuns: 5_000 };

/** A test of one client, or several, beside a collection. */
function proves(name: string, scenario: Omit<Scenario, "name">, effort: Effort = EFFORT): void {
  Deno.test(name, async () => {
    await proveWhole({ name: APP, ...scenario }, effort);
  });
}

/** Pushes the blobs of something, and not the manifest that would keep them. */
async function pushBlobs(
  { store, name }: Client,
  what: Pushable,
  into: RepositoryName = name,
): Promise<void> {
  for (const text of what.blobs) await pushBlob(store, into, textBytes(text));
}

/** Pushes under a tag that somebody else may take away, so that it need not be there in the end. */
async function pushUnpromised(client: Client, what: Pushable): Promise<void> {
  await client.push(what, [TAG]);
  client.tagged.delete(TAG);
}

async function unlinkBlobs({ store, name }: Client, what: Pushable): Promise<void> {
  for (const digest of what.manifest.blobs) await store.blobs.remove(name, digest);
}

proves("a push over old linked blobs is whole", {
  prepare: (client) => pushBlobs(client, IMAGE),
  clients: [(client) => client.push(IMAGE, [TAG])],
});

proves("a push over old blobs that nothing links is whole", {
  prepare: async (client) => {
    await pushBlobs(client, IMAGE);
    await unlinkBlobs(client, IMAGE);
  },
  clients: [(client) => client.push(IMAGE, [TAG])],
});

proves("a push that mounts old blobs is whole", {
  prepare: (client) => pushBlobs(client, IMAGE, BASE),
  clients: [(client) => client.push(IMAGE, [TAG], BASE)],
});

proves("an old untagged manifest that gets a tag is whole", {
  prepare: (client) => client.push(IMAGE),
  clients: [async (client) => {
    if (!await client.put(IMAGE, [TAG])) await client.push(IMAGE, [TAG]);
  }],
});

proves("an index over old untagged images is whole", {
  prepare: async (client) => {
    await client.push(IMAGE);
    await client.push(OTHER);
  },
  clients: [(client) => client.push(INDEX, [TAG])],
});

proves("an index over an old untagged index is whole", {
  prepare: (client) => client.push(INDEX),
  clients: [(client) => client.push(OUTER_INDEX, [TAG])],
});

proves("a tag that moves while its last manifest is collected is whole", {
  prepare: async (client) => {
    await client.push(IMAGE, [TAG]);
    await client.push(OTHER);
  },
  clients: [async (client) => {
    await client.push(OTHER, [TAG]);
    await client.push(IMAGE, [TAG]);
  }],
});

proves("an expired tag that becomes the newest stays", {
  prepare: async (client) => {
    await client.push(IMAGE, [TAG]);
    await client.push(OTHER, [OTHER_TAG]);
  },
  clients: [(client) => client.push(OTHER, [TAG])],
  // Of two tags of the same age the last by name counts as the newest.
  retention: { keepLast: 1, keepTags: [], olderThanMs: null },
  check: async ({ tags }) => {
    assertEquals(await tags.resolve(APP, TAG), OTHER.manifest.digest);
  },
});

proves("a blob that was mounted is there for the manifest, as it is young", {
  prepare: (client) => pushBlobs(client, IMAGE, BASE),
  clients: [async (client) => {
    for (const digest of IMAGE.manifest.blobs) {
      const mounted = await client.store.blobs.mount(APP, BASE, digest);
      // It was collected before; then nothing was promised.
      if (mounted === null) return;
    }
    assert(await client.put(IMAGE, [TAG]));
  }],
  minAgeMs: MIN_AGE_MS,
});

proves("a blob that was mounted while it was collected is there or was refused", {
  prepare: async (client) => {
    await pushBlob(client.store, BASE, textBytes("a blob"));
  },
  clients: [async (client) => {
    const digest = digestOf("a blob");
    if (await client.store.blobs.mount(APP, BASE, digest) === null) return;
    assert(await client.store.blobs.stat(APP, digest) !== null);
  }],
  minAgeMs: MIN_AGE_MS,
}, { preemptionsMax: 3, randomRuns: 0 });

proves("a blob whose upload began long ago is there for the manifest, as it is young", {
  prepare: async (client) => {
    const id = await client.store.uploads.start(APP);
    const body = bodyOf([textBytes(IMAGE.blobs[1] ?? "")]);
    await client.store.uploads.append(APP, id, { body, start: null });
  },
  clients: [async (client) => {
    const [config, layer] = IMAGE.blobs;
    const [id] = await Array.fromAsync(client.store.uploads.ids(APP));
    assert(id !== undefined && config !== undefined && layer !== undefined);
    const last = { body: null, start: null };
    const outcome = await client.store.uploads.finish(APP, id, digestOf(layer), last);
    assertEquals(outcome.kind, "done");
    await pushBlob(client.store, APP, textBytes(config));
    assert(await client.put(IMAGE, [TAG]));
  }],
  minAgeMs: MIN_AGE_MS,
});

proves("an expired tag that is pushed again is whole or gone", {
  prepare: (client) => client.push(IMAGE, [TAG]),
  clients: [(client) => pushUnpromised(client, IMAGE)],
  retention: { keepLast: 0, keepTags: [], olderThanMs: null },
});

proves("an expired tag that moves is whole or gone", {
  prepare: async (client) => {
    await client.push(IMAGE, [TAG]);
    await client.push(OTHER);
  },
  clients: [(client) => pushUnpromised(client, OTHER)],
  retention: { keepLast: 0, keepTags: [], olderThanMs: null },
});

proves("an image that is deleted and pushed again is whole", {
  prepare: (client) => client.push(IMAGE, [TAG]),
  clients: [async (client) => {
    await client.remove(IMAGE);
    await client.push(IMAGE, [TAG]);
  }],
});

proves("referrers of an image that is pushed again stay with it", {
  prepare: async (client) => {
    for (const what of [IMAGE, SIGNATURE, COUNTERSIGNATURE]) await client.push(what);
  },
  clients: [async (client) => {
    if (!await client.put(IMAGE, [TAG])) await client.push(IMAGE, [TAG]);
  }],
  check: async ({ manifests }) => {
    const [has, hasSecond] = await Promise.all(
      [SIGNATURE, COUNTERSIGNATURE].map(({ manifest }) => manifests.exists(APP, manifest.digest)),
    );
    assertEquals(hasSecond, has, "the referrers of a referrer share its fate");
  },
});

proves("a referrer is listed in a repository that was empty a moment ago", {
  prepare: (client) => pushBlobs(client, IMAGE),
  clients: [async (client) => {
    await client.push(IMAGE, [TAG]);
    await client.push(SIGNATURE);
    await client.listReferrer(IMAGE, SIGNATURE);
  }],
});

proves("a tag that is given to a manifest while that is deleted names it or is gone", {
  prepare: (client) => client.push(IMAGE, [TAG]),
  clients: [
    async (client) => {
      await client.store.manifests.remove(APP, IMAGE.manifest.digest);
    },
    async (client) => {
      // The other client deletes the manifest with all of its tags, so nothing is promised.
      await client.store.manifests.put(APP, { ...IMAGE.manifest, tags: [OTHER_TAG] });
    },
  ],
  // Until the deletion has looked at the tags once more, the new one leads nowhere.
  canSeeProblems: true,
});

proves("two clients that push the same image over old blobs both get it whole", {
  prepare: (client) => pushBlobs(client, IMAGE),
  clients: [
    (client) => client.push(IMAGE, [TAG]),
    (client) => client.push(IMAGE, [OTHER_TAG]),
  ],
});

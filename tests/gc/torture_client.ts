/**
 * A client that pushes, moves and deletes at random, and knows what the registry owes it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  type Content,
  describe,
  makeContent,
  makeDocument,
  MEDIA_TYPES,
  noise,
} from "../images.ts";
import { ACCEPT_MANIFESTS, type Answer, type RegistryClient } from "../push.ts";

const TYPES = MEDIA_TYPES.oci;
const LAYER_BYTES = 20_000;

/** Layers that all clients use, so that blobs are shared, mounted, collected and pushed again all the time. */
const LAYERS: readonly Content[] = Array.from(
  { length: 10 },
  (_, seed) => makeContent(TYPES.none, noise(seed, LAYER_BYTES)),
);

/** Images that one client makes: few, so that the same ones come and go. */
const IMAGES_PER_CLIENT = 8;
const TAGS: readonly string[] = ["a", "b", "c", "d"];

/** Rounds in which blobs are sent again that were collected between their push and that of the manifest. */
const ROUNDS_MAX = 50;

/** A manifest with what it needs. */
interface Node {
  readonly manifest: Content;
  readonly blobs: readonly Content[];
  readonly children: readonly Node[];
}

/** Where a client works. */
export interface TortureTarget {
  readonly registry: RegistryClient;
  readonly repository: string;
  /** Repositories to mount from. */
  readonly others: readonly string[];
}

/** One client. It works alone on its images and tags, whose names begin with its own. */
export class TortureClient {
  /** How often each operation was done. */
  readonly counts: Record<string, number> = {};
  /** How often the registry said that something was gone, and the client sent it again. */
  repeats = 0;
  /** The longest that a manifest PUT took, in milliseconds. */
  putMsMax = 0;
  readonly #name: string;
  readonly #target: TortureTarget;
  readonly #random: () => number;
  readonly #tagged = new Map<string, Node>();
  /** By digest of the subject, what refers to it. */
  readonly #referrers = new Map<string, Node[]>();

  constructor(name: string, target: TortureTarget, random: () => number) {
    this.#name = name;
    this.#target = target;
    this.#random = random;
  }

  /** Does one thing or another. */
  async act(): Promise<void> {
    const actions = {
      pushImage: () => this.#pushTagged(this.#image()),
      pushIndex: () => this.#pushTagged(this.#index()),
      nestIndex: () => this.#pushTagged(indexOf([this.#index()])),
      retag: () => this.#retag(),
      pushReferrer: () => this.#pushReferrer(),
      deleteTag: () => this.#deleteTag(),
      deleteManifest: () => this.#deleteManifest(),
      pull: () => this.#pullOne(),
    };
    const [name, action] = this.#pick(Object.entries(actions));
    await action();
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }

  /** Pulls everything that it was promised. Throws where that is not whole. */
  async verify(): Promise<void> {
    for (const [tag, node] of this.#tagged) await this.#pull(tag, node);
  }

  async #pushTagged(node: Node): Promise<void> {
    const tag = this.#tag();
    await this.#push(node, tag);
    this.#tagged.set(tag, node);
    this.#forgetReferrers();
  }

  /** What has a tag is whole, so that giving it another one can ask for nothing. */
  async #retag(): Promise<void> {
    const node = this.#anyTagged();
    if (node === null) return;
    const tag = this.#tag();
    assertEquals((await this.#put(node, tag)).status, 201, "a manifest that has a tag is whole");
    this.#tagged.set(tag, node);
    this.#forgetReferrers();
  }

  async #pushReferrer(): Promise<void> {
    const subject = this.#anyTagged();
    if (subject === null) return;
    const referrer = this.#image(subject.manifest);
    await this.#push(referrer, referrer.manifest.digest);
    const known = this.#referrers.get(subject.manifest.digest) ?? [];
    this.#referrers.set(subject.manifest.digest, [...known, referrer]);
  }

  async #deleteTag(): Promise<void> {
    const tag = this.#tag();
    if (!this.#tagged.delete(tag)) return;
    await this.#expect(202, "DELETE", `manifests/${tag}`);
    this.#forgetReferrers();
  }

  /** Deletes an image with its tags, and then its config, which no other image has. */
  async #deleteManifest(): Promise<void> {
    const node = this.#anyTagged();
    const isListed = [...this.#tagged.values()].some((other) => lists(other, node));
    if (node === null || isListed) return;
    await this.#expect(202, "DELETE", `manifests/${node.manifest.digest}`);
    for (const [tag, other] of this.#tagged) {
      if (other.manifest.digest === node.manifest.digest) this.#tagged.delete(tag);
    }
    this.#forgetReferrers();
    const [config] = node.blobs;
    // It may be gone already.
    if (config !== undefined) await this.#send("DELETE", `blobs/${config.digest}`);
  }

  async #pullOne(): Promise<void> {
    const entry = this.#tagged.size === 0 ? null : this.#pick([...this.#tagged]);
    if (entry !== null) await this.#pull(...entry);
  }

  /** Pushes what a manifest needs and then itself, until nothing is missing. */
  async #push(node: Node, reference: string): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      for (const blob of node.blobs) await this.#offer(blob);
      for (const child of node.children) await this.#ensure(child);
      const answer = await this.#put(node, reference);
      if (answer.status === 201) return;
      const text = new TextDecoder().decode(answer.body);
      assertEquals([answer.status, text.includes("MANIFEST_BLOB_UNKNOWN")], [400, true], text);
      this.repeats++;
    }
    throw new Error(`${this.#name} could not push within ${ROUNDS_MAX} rounds`);
  }

  /** Pushes what is missing of a manifest. An index whose child the client has deleted since has a hole, deep down. */
  async #ensure(node: Node): Promise<void> {
    for (const child of node.children) await this.#ensure(child);
    const { digest } = node.manifest;
    if ((await this.#send("HEAD", `manifests/${digest}`)).status !== 200) {
      await this.#push(node, digest);
    }
  }

  async #put({ manifest }: Node, reference: string): Promise<Answer> {
    const startMs = performance.now();
    const answer = await this.#send("PUT", `manifests/${reference}`, manifest);
    this.putMsMax = Math.max(this.putMsMax, performance.now() - startMs);
    return answer;
  }

  /** Asks for a blob, else mounts it, else uploads it, as clients do; or uploads it without asking. */
  async #offer(blob: Content): Promise<void> {
    const { registry, repository, others } = this.#target;
    if (this.#random() < 0.8) {
      if ((await this.#send("HEAD", `blobs/${blob.digest}`)).status === 200) return;
      const query = new URLSearchParams({ mount: blob.digest, from: this.#pick(others) });
      if ((await this.#send("POST", `blobs/uploads/?${query}`)).status === 201) return;
    }
    await registry.pushBlob(repository, blob);
  }

  async #pull(reference: string, node: Node): Promise<void> {
    const { registry, repository } = this.#target;
    const { manifest, blobs, children } = node;
    assertEquals(await registry.pullManifest(repository, reference), manifest.bytes);
    for (const { digest, bytes } of blobs) {
      assertEquals(await registry.pullBlob(repository, digest), bytes);
    }
    for (const child of children) await this.#pull(child.manifest.digest, child);
    const referrers = this.#referrers.get(manifest.digest) ?? [];
    if (referrers.length === 0) return;
    const listed = await registry.referrers(repository, manifest.digest);
    for (const referrer of referrers) {
      assertEquals(listed.includes(referrer.manifest.digest), true, "a referrer is listed");
      await this.#pull(referrer.manifest.digest, referrer);
    }
  }

  /** Referrers stay as long as a tag leads to their subject. Those of the others may go at any moment. */
  #forgetReferrers(): void {
    const subjects = new Set<string>();
    const add = ({ manifest, children }: Node): void => {
      subjects.add(manifest.digest);
      for (const child of children) add(child);
    };
    for (const node of this.#tagged.values()) add(node);
    for (const subject of this.#referrers.keys()) {
      if (!subjects.has(subject)) this.#referrers.delete(subject);
    }
  }

  #image(subject: Content | null = null): Node {
    const seed = Math.floor(this.#random() * IMAGES_PER_CLIENT);
    const layers = [0, 1, 2].map((offset) => LAYERS[(seed * 3 + offset) % LAYERS.length])
      .filter((layer) => layer !== undefined);
    const config = makeDocument(TYPES.config, { owner: this.#name, seed, of: subject?.digest });
    const manifest = makeDocument(TYPES.manifest, {
      schemaVersion: 2,
      mediaType: TYPES.manifest,
      config: describe(config),
      layers: layers.map(describe),
      ...(subject === null ? {} : { subject: describe(subject) }),
    });
    return { manifest, blobs: [config, ...layers], children: [] };
  }

  #index(): Node {
    return indexOf([this.#image(), this.#image()]);
  }

  #tag(): string {
    return `${this.#name}-${this.#pick(TAGS)}`;
  }

  #anyTagged(): Node | null {
    return this.#tagged.size === 0 ? null : this.#pick([...this.#tagged.values()]);
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error("There is nothing to pick from");
    return value;
  }

  async #expect(status: number, method: string, path: string): Promise<void> {
    assertEquals((await this.#send(method, path)).status, status, `${method} ${path}`);
  }

  #send(method: string, path: string, content?: Content): Promise<Answer> {
    const { registry, repository } = this.#target;
    return registry.send(method, `/v2/${repository}/${path}`, {
      headers: content === undefined
        ? { Accept: ACCEPT_MANIFESTS }
        : { "Content-Type": content.mediaType },
      ...(content === undefined ? {} : { body: content.bytes }),
    });
  }
}

function indexOf(children: readonly Node[]): Node {
  const mediaType = TYPES.index;
  const manifests = children.map(({ manifest }) => describe(manifest));
  const manifest = makeDocument(mediaType, { schemaVersion: 2, mediaType, manifests });
  return { manifest, blobs: [], children };
}

/** Whether a manifest lists another, however deeply. */
function lists(node: Node, other: Node | null): boolean {
  return node.children.some((child) =>
    child.manifest.digest === other?.manifest.digest || lists(child, other)
  );
}

/**
 * Pushes to servers that are killed, and checks what a listener has heard of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { freePort, type RunningServer } from "../harness.ts";
import { type Content, describe, makeDocument, MEDIA_TYPES } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { type Mood, Receiver } from "./receiver.ts";
import { notificationLines, startNotifying } from "./server.ts";

const CONFIG = makeDocument(MEDIA_TYPES.oci.config, { architecture: "amd64", os: "linux" });

/** How long a client waits before it tries a server again that was just killed. */
const RETRY_MS = 20;

/** How much is to be done. */
export interface StormOptions {
  /** Where the store is. */
  readonly directory: string;
  /** Servers on the one store. */
  readonly servers: number;
  /** Clients, each with a repository of its own. */
  readonly clients: number;
  /** Manifests that are pushed in all. */
  readonly pushes: number;
  /** How often a server is killed. */
  readonly kills: number;
}

/** Ill-tempered: of 50 requests it takes 42. */
function moody(number: number): Mood {
  const turn = number % 50;
  if (turn < 3) return 500;
  if (turn < 5) return "reset";
  return turn === 25 ? "hang" : turn === 35 ? 404 : turn === 45 ? "reset" : "take";
}

/** What came of it. */
export interface StormReport {
  readonly seconds: number;
  readonly acknowledged: number;
  readonly requests: number;
  readonly duplicates: number;
}

/** Servers, clients and a listener. */
export class Storm {
  readonly #options: StormOptions;
  readonly #receiver = new Receiver();
  readonly #ports: readonly number[];
  readonly #servers: RunningServer[] = [];
  /** How many pushes each client has been answered. */
  readonly #acknowledged: number[];
  readonly #heard = new Set<string>();
  /** Deliveries whose events are among those. */
  #seen = 0;
  #isOver = false;

  constructor(options: StormOptions) {
    this.#options = options;
    this.#ports = Array.from({ length: options.servers }, freePort);
    this.#acknowledged = Array.from({ length: options.clients }, () => 0);
    this.#receiver.mood = moody;
  }

  /** Pushes and kills, waits until everything has arrived, and checks it. */
  async run(): Promise<StormReport> {
    const startedMs = performance.now();
    try {
      for (const [index] of this.#ports.entries()) await this.#start(index);
      const clients = this.#acknowledged.map((_, client) => this.#push(client));
      await Promise.all([this.#kill(), ...clients]);
      await this.#receiver.until("every push", () => this.#hasAll());
    } finally {
      this.#isOver = true;
      await Promise.all(this.#servers.map((server) => server.stop()));
      this.#receiver.close();
    }
    this.#checkOrder();
    return {
      seconds: (performance.now() - startedMs) / 1_000,
      acknowledged: this.#total,
      requests: this.#receiver.requests,
      duplicates: this.#receiver.events.length - new Set(this.#ids()).size,
    };
  }

  get #total(): number {
    return this.#acknowledged.reduce((sum, count) => sum + count, 0);
  }

  #ids(): readonly string[] {
    return this.#receiver.events.map(({ id }) => id);
  }

  async #start(index: number): Promise<void> {
    const lines = notificationLines(
      this.#receiver.url,
      "timeout: 200ms, threshold: 3, backoff: 50ms",
    );
    const { directory } = this.#options;
    this.#servers[index] = await startNotifying(directory, lines, this.#ports[index]);
  }

  /** Kills one server after the other, at even distances, with the listener away at every second time. */
  async #kill(): Promise<void> {
    const { kills, pushes } = this.#options;
    for (let kill = 1; kill <= kills; kill++) {
      await this.#untilTotal(kill * pushes / (kills + 1));
      const index = kill % this.#ports.length;
      const isAway = kill % 2 === 0;
      if (isAway) this.#receiver.close();
      await this.#servers[index]?.stop("SIGKILL");
      await this.#start(index);
      if (isAway) this.#receiver.open();
    }
  }

  async #untilTotal(count: number): Promise<void> {
    while (this.#total < count && !this.#isOver) await pause();
  }

  /** Pushes one manifest after the other under one tag, by any of the servers, each until it is answered. */
  async #push(client: number): Promise<void> {
    const { clients, pushes } = this.#options;
    const registries = this.#ports.map((port) => new RegistryClient(`http://127.0.0.1:${port}`));
    const name = repositoryOf(client);
    const count = Math.ceil(pushes / clients);
    await this.#persist(registries, (registry) => registry.pushBlob(name, CONFIG));
    for (let number = 1; number <= count; number++) {
      const manifest = manifestOf(client, number);
      await this.#persist(
        registries,
        (registry) => registry.pushManifest(name, manifest, "latest"),
      );
      this.#acknowledged[client] = number;
    }
  }

  async #persist(
    registries: readonly RegistryClient[],
    action: (registry: RegistryClient) => Promise<void>,
  ): Promise<void> {
    for (let index = Math.floor(Math.random() * registries.length); !this.#isOver; index++) {
      const registry = registries[index % registries.length];
      try {
        if (registry !== undefined) return await action(registry);
      } catch {
        // The server was killed before it answered: the client was promised nothing, and asks again.
        await pause();
      }
    }
  }

  /** Whether the last push of each client has arrived, and so, if the order is right, all. */
  #hasAll(): boolean {
    for (; this.#seen < this.#receiver.taken.length; this.#seen++) {
      for (const { target } of this.#receiver.taken[this.#seen]?.events ?? []) {
        this.#heard.add(target.digest);
      }
    }
    return this.#acknowledged.every((count, client) =>
      this.#heard.has(manifestOf(client, count).digest)
    );
  }

  /** Each repository's pushes were heard of in their order; what came again does not count. */
  #checkOrder(): void {
    const { events } = this.#receiver;
    for (const [client, count] of this.#acknowledged.entries()) {
      const name = repositoryOf(client);
      const own = events.filter(({ target }) =>
        target.repository === name && target.tag === "latest"
      );
      const digests = [...new Set(own.map(({ target }) => target.digest))];
      const expected = Array.from(
        { length: count },
        (_, index) => manifestOf(client, index + 1).digest,
      );
      assertEquals(digests, expected, name);
      assert(own.every(({ action }) => action === "push"));
    }
  }
}

function repositoryOf(client: number): string {
  return `team/app${client}`;
}

const manifests = new Map<string, Content>();

function manifestOf(client: number, number: number): Content {
  const key = `${client} ${number}`;
  const known = manifests.get(key);
  if (known !== undefined) return known;
  const manifest = makeDocument(MEDIA_TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.oci.manifest,
    config: describe(CONFIG),
    layers: [],
    annotations: { client: String(client), number: String(number) },
  });
  manifests.set(key, manifest);
  return manifest;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS));
}

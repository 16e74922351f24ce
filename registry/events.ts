/**
 * Events: what listeners are told of, in the form of distribution (`notifications/event.go`).
 *
 * @module
 */

import type { Blob } from "../storage/blobs.ts";
import type { Descriptor } from "../storage/descriptor.ts";
import type { Digest } from "../storage/digest.ts";
import { RETRY_AFTER_SECONDS } from "../storage/limits.ts";
import { readManifest } from "../storage/manifest.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { RequestContext } from "./context.ts";
import { RegistryError } from "./errors.ts";
import { OCTET_STREAM } from "./media_types.ts";
import { remoteAddress } from "./peers.ts";
import { RELATIVE_URLS, type Urls, urlsOf } from "./urls.ts";

/** The media type of an {@linkcode Envelope}. */
export const EVENTS_MEDIA_TYPE = "application/vnd.docker.distribution.events.v2+json";

/** What can happen to content. */
export const EVENT_ACTIONS = ["pull", "push", "mount", "delete"] as const;

export type EventAction = typeof EVENT_ACTIONS[number];

/** What an event is about. Members that are not there are left out, as in distribution. */
export interface EventTarget {
  /** `""` where something was deleted. */
  readonly mediaType: string;
  /** `""` where a tag was deleted. */
  readonly digest: Digest | "";
  readonly size: number;
  /** The size again; absent when it is 0. */
  readonly length?: number;
  readonly repository: RepositoryName;
  /** Where a mounted blob comes from. */
  readonly fromRepository?: RepositoryName;
  readonly url?: string;
  readonly tag?: Tag;
  /** What a manifest names, with `includereferences`. */
  readonly references?: readonly Descriptor[];
}

/** The server that an event comes from. */
export interface EventSource {
  /** Host and port. */
  readonly addr: string;
  /** Other at each start. */
  readonly instanceID: string;
}

/** One event, its members in the order in which distribution writes them. */
export interface Event {
  readonly id: string;
  readonly timestamp: string;
  readonly action: EventAction;
  readonly target: EventTarget;
  readonly request: {
    readonly id: string;
    readonly addr?: string;
    readonly host?: string;
    readonly method: string;
    readonly useragent: string;
  };
  readonly actor: { readonly name?: string };
  readonly source: EventSource;
}

/** What is posted. */
export interface Envelope {
  readonly events: readonly Event[];
}

/** Writes an envelope as distribution does: indented by three spaces. */
export function envelopeText(envelope: Envelope): string {
  return JSON.stringify(envelope, null, 3);
}

/** Takes events, each as JSON. */
export interface EventSink {
  /** Whether there is no room for further events that must not be lost. */
  readonly isFull: boolean;
  /** Keeps events, all of them; resolves when they are on disk. */
  keep(events: readonly string[]): Promise<void>;
  /** Passes an event on that may be lost. */
  pass(event: string): void;
}

/** How events are made. */
export interface EventOptions {
  readonly source: EventSource;
  /** `notifications.events.includereferences`. */
  readonly includesReferences: boolean;
  /** Whether any listener wants such an event. */
  readonly isWanted: (action: EventAction, mediaType: string) => boolean;
}

/** A manifest with its bytes, as it was pulled or pushed. */
export interface EventManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What differs between targets. */
type Content = Omit<EventTarget, "length" | "repository">;

const NOTHING: Content = { mediaType: "", digest: "", size: 0 };

/** Tells of requests. What changes the registry is on disk when its promise resolves; nobody waits for pulls. */
export class EventRecorder {
  readonly #sink: EventSink;
  readonly #options: EventOptions;

  constructor(sink: EventSink, options: EventOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Throws `UNAVAILABLE` while what a write would tell could not be kept. */
  requireRoom(): void {
    if (!this.#sink.isFull) return;
    throw unavailable("too many notifications wait for listeners that do not take them");
  }

  /** A child of a list that was handed out in its place is another pull, without the tag, as in distribution 2. */
  manifestPulled(context: RequestContext, asked: EventManifest, given: EventManifest): void {
    const [tag] = context.reference.includes(":") ? [] : [context.reference as Tag];
    this.#pulled(context, asked, tag);
    if (given !== asked) this.#pulled(context, given, undefined);
  }

  /** Told of answers without a body too (304, 416), as in distribution. */
  blobPulled(context: RequestContext, blob: Blob): void {
    if (!this.#options.isWanted("pull", OCTET_STREAM)) return;
    this.#sink.pass(this.#event(context, "pull", this.#blob(context, blob.digest, blob.size)));
  }

  /** One event for each tag, and one for a manifest without. */
  async manifestPushed(
    context: RequestContext,
    manifest: EventManifest,
    tags: readonly Tag[],
  ): Promise<void> {
    const named = tags.length === 0 ? [undefined] : tags;
    await this.#keep(context, "push", named.map((tag) => this.#manifest(context, manifest, tag)));
  }

  async blobPushed(context: RequestContext, digest: Digest, size: number): Promise<void> {
    await this.#keep(context, "push", [this.#blob(context, digest, size)]);
  }

  async blobMounted(
    context: RequestContext,
    blob: Blob,
    fromRepository: RepositoryName,
  ): Promise<void> {
    const target = { ...this.#blob(context, blob.digest, blob.size), fromRepository };
    await this.#keep(context, "mount", [target]);
  }

  /** A manifest or blob, which distribution does not tell apart here, or none (`""`), and tags that are gone with it. */
  async deleted(
    context: RequestContext,
    digest: Digest | "",
    tags: readonly Tag[],
  ): Promise<void> {
    const content = digest === "" ? [] : [{ ...NOTHING, digest }];
    await this.#keep(context, "delete", [...content, ...tags.map((tag) => ({ ...NOTHING, tag }))]);
  }

  #pulled(context: RequestContext, manifest: EventManifest, tag: Tag | undefined): void {
    if (!this.#options.isWanted("pull", manifest.mediaType)) return;
    this.#sink.pass(this.#event(context, "pull", this.#manifest(context, manifest, tag)));
  }

  async #keep(
    context: RequestContext,
    action: EventAction,
    contents: readonly Content[],
  ): Promise<void> {
    const events = contents.filter(({ mediaType }) => this.#options.isWanted(action, mediaType))
      .map((content) => this.#event(context, action, content));
    if (events.length === 0) return;
    try {
      await this.#sink.keep(events);
    } catch (error) {
      throw unavailable("what was done could not be noted for listeners; do it again", error);
    }
  }

  #manifest(
    context: RequestContext,
    { digest, mediaType, bytes }: EventManifest,
    tag: Tag | undefined,
  ): Content {
    const references = this.#options.includesReferences ? referencesOf(bytes) : [];
    return {
      mediaType,
      digest,
      size: bytes.length,
      url: absoluteUrls(context).manifest(context.name, digest),
      ...(tag === undefined ? {} : { tag }),
      ...(references.length === 0 ? {} : { references }),
    };
  }

  #blob(context: RequestContext, digest: Digest, size: number): Content {
    const url = absoluteUrls(context).blob(context.name, digest);
    return { mediaType: OCTET_STREAM, digest, size, url };
  }

  #event(context: RequestContext, action: EventAction, content: Content): string {
    const { request, requestId, caller, name } = context;
    const { mediaType, digest, size, fromRepository, ...rest } = content;
    const addr = remoteAddress(request);
    const host = request.headers.get("Host");
    const event: Event = {
      id: crypto.randomUUID(),
      timestamp: new Date().toISOString(),
      action,
      target: {
        mediaType,
        digest,
        size,
        ...(size === 0 ? {} : { length: size }),
        repository: name,
        ...(fromRepository === undefined ? {} : { fromRepository }),
        ...rest,
      },
      request: {
        id: requestId,
        ...(addr === "" ? {} : { addr }),
        ...(host === null ? {} : { host }),
        method: request.method,
        useragent: request.headers.get("User-Agent") ?? "",
      },
      actor: caller.name === null ? {} : { name: caller.name },
      source: this.#options.source,
    };
    return JSON.stringify(event);
  }
}

/** A listener is elsewhere, so paths alone would not lead it back. */
function absoluteUrls({ request, settings }: RequestContext): Urls {
  return urlsOf(request, { ...settings.urls ?? RELATIVE_URLS, isRelative: false });
}

/** The config and layers of an image, or the manifests of an index, in the order of the document. */
function referencesOf(bytes: Uint8Array): readonly Descriptor[] {
  const content = readManifest(bytes);
  if (content === null) return [];
  const { kind, config, layers, manifests } = content;
  if (kind === "index") return manifests;
  return config === null ? layers : [config, ...layers];
}

function unavailable(message: string, cause?: unknown): RegistryError {
  return new RegistryError("UNAVAILABLE", {
    message,
    headers: { "Retry-After": `${RETRY_AFTER_SECONDS}` },
    cause,
  });
}

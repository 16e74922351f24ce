/**
 * Tells listeners of what requests do.
 *
 * @module
 */

import type { Blob } from "../storage/blobs.ts";
import type { Digest } from "../storage/digest.ts";
import { RETRY_AFTER_SECONDS } from "../storage/limits.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { RequestContext } from "./context.ts";
import { RegistryError } from "./errors.ts";
import { EventHeadersKeeper } from "./event_headers.ts";
import type { EventAction, EventSource } from "./events.ts";
import { eventText, type Happening, happeningIn, type Subject } from "./happening.ts";
import { OCTET_STREAM } from "./media_types.ts";

/** Takes what is to be told. */
export interface EventSink {
  /** Whether there is no room for further events that must not be lost. */
  readonly isFull: boolean;
  /** Keeps events as JSON, all of them; resolves when they are on disk. */
  keep(events: readonly string[]): Promise<void>;
  /** Remembers a pull, of which an event is made only if listeners keep up. */
  pass(pull: Happening): void;
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

/** Tells of requests. What changes the registry is on disk when its promise resolves; nobody waits for pulls. */
export class EventRecorder {
  readonly #sink: EventSink;
  readonly #options: EventOptions;
  readonly #headers = new EventHeadersKeeper();

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
    const tag = context.reference.includes(":") ? null : context.reference as Tag;
    this.#pulled(context, this.#manifest(asked, tag));
    if (given !== asked) this.#pulled(context, this.#manifest(given, null));
  }

  /** Told of answers without a body too (304, 416), as in distribution. */
  blobPulled(context: RequestContext, { digest, size }: Blob): void {
    this.#pulled(context, blobSubject(digest, size));
  }

  /** One event for each tag, and one for a manifest without. */
  async manifestPushed(
    context: RequestContext,
    manifest: EventManifest,
    tags: readonly Tag[],
  ): Promise<void> {
    const named = tags.length === 0 ? [null] : tags;
    await this.#keep(context, "push", named.map((tag) => this.#manifest(manifest, tag)));
  }

  async blobPushed(context: RequestContext, digest: Digest, size: number): Promise<void> {
    await this.#keep(context, "push", [blobSubject(digest, size)]);
  }

  async blobMounted(
    context: RequestContext,
    { digest, size }: Blob,
    fromRepository: RepositoryName,
  ): Promise<void> {
    await this.#keep(context, "mount", [blobSubject(digest, size, fromRepository)]);
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

  #pulled(context: RequestContext, subject: Subject): void {
    if (!this.#options.isWanted("pull", subject.mediaType)) return;
    this.#sink.pass(this.#happening(context, "pull", subject));
  }

  async #keep(
    context: RequestContext,
    action: EventAction,
    subjects: readonly Subject[],
  ): Promise<void> {
    const { isWanted, source } = this.#options;
    const events = subjects.filter(({ mediaType }) => isWanted(action, mediaType))
      .map((subject) => eventText(this.#happening(context, action, subject), source));
    if (events.length === 0) return;
    try {
      await this.#sink.keep(events);
    } catch (error) {
      throw unavailable("what was done could not be noted for listeners; do it again", error);
    }
  }

  #happening(context: RequestContext, action: EventAction, subject: Subject): Happening {
    return happeningIn(context, action, subject, this.#headers.keep(context.request.headers));
  }

  #manifest({ digest, mediaType, bytes }: EventManifest, tag: Tag | null): Subject {
    return {
      kind: "manifest",
      mediaType,
      digest,
      size: bytes.length,
      tag,
      fromRepository: null,
      document: this.#options.includesReferences ? bytes : null,
    };
  }
}

const NOTHING: Subject = {
  kind: null,
  mediaType: "",
  digest: "",
  size: 0,
  tag: null,
  fromRepository: null,
  document: null,
};

function blobSubject(
  digest: Digest,
  size: number,
  fromRepository: RepositoryName | null = null,
): Subject {
  return { ...NOTHING, kind: "blob", mediaType: OCTET_STREAM, digest, size, fromRepository };
}

function unavailable(message: string, cause?: unknown): RegistryError {
  return new RegistryError("UNAVAILABLE", {
    message,
    headers: { "Retry-After": `${RETRY_AFTER_SECONDS}` },
    cause,
  });
}

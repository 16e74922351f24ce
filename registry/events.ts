/**
 * Events: what listeners are told of, in the form of distribution (`notifications/event.go`).
 *
 * @module
 */

import type { Descriptor } from "../storage/descriptor.ts";
import type { Digest } from "../storage/digest.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";

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

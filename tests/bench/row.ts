/**
 * What a row of the registry's bench is.
 *
 * @module
 */

import type { Content } from "./content.ts";
import type { Figure } from "./figure.ts";
import type { ListShape } from "./list_store.ts";
import type { Contender, MeasuredServer } from "./servers.ts";

/** How large and how often. */
export interface Scale {
  /** Rounds that count; one more comes first and does not. */
  readonly rounds: number;
  /** Length of one load, in seconds. */
  readonly loadSeconds: number;
  readonly smallBlobBytes: number;
  readonly mediumBlobBytes: number;
  readonly largeBlobBytes: number;
  /** Files that are pushed at once; together they are as large as the large one. */
  readonly parts: number;
  readonly imageLayers: number;
  readonly imageLayerBytes: number;
  readonly mixedClients: number;
  readonly lists: ListShape;
}

/** What every measurement of one run has in common. */
export interface Workbench {
  readonly scale: Scale;
  readonly content: Content;
  /** For files; it is removed at the end. */
  readonly directory: string;
  /** The path of `wrk`, `null` when it is not installed. */
  readonly wrk: string | null;
  /** The path of `curl`, `null` when it is not installed. */
  readonly curl: string | null;
}

/** Where the servers of a row keep their data: each its own content, or all of them one store with long lists. */
export type Stage = "content" | "lists";

/** Who is measured. */
export interface Subject {
  readonly contender: Contender;
  readonly server: MeasuredServer;
}

/** What one measurement found. */
export interface Sample {
  /** One for each figure of the row. */
  readonly values: readonly number[];
  /** Whether it did not end in the time there was, and the values are that time. */
  readonly isBound: boolean;
}

/** Measures one server once. Throws when an answer is not what it should be. */
export type Measurement = (subject: Subject) => Promise<Sample>;

/** One thing to measure, which gives one or more lines of the table. */
export interface Row {
  readonly figures: readonly Figure[];
  readonly stage: Stage;
  /** Contenders that take part beside berth, by name. */
  readonly rivals: readonly string[];
  /** What the machine would allow, measured without any server, under the name of the tools that measure it. */
  readonly ceiling?: (bench: Workbench) => Promise<number>;
  /** Programs without which it cannot be measured. */
  readonly needs: readonly string[];
  /** What one measurement moves, where that is fixed. */
  readonly bytes?: number;
  /** Memory that one measurement fills with files. */
  readonly filledBytes?: number;
  /** Whether it starts servers of its own, so that what the running ones spend says nothing. */
  readonly startsItself?: true;
  /** Makes what one round needs, the same for all its servers. */
  readonly prepare: (bench: Workbench) => Promise<Measurement>;
}

/** A measurement of one value that came to its end. */
export function whole(...values: readonly number[]): Sample {
  return { values, isBound: false };
}

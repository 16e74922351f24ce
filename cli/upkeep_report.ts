/**
 * What the threads that look after a store tell the main thread.
 *
 * @module
 */

import type { RemovalKind } from "../gc/removal.ts";
import type { LogLevel } from "../registry/log_format.ts";
import type { StoreSize } from "../storage/store_survey.ts";
import type { Settings } from "./settings/table.ts";

/** How a collection ended: `busy` when another one was under way. */
export type GcOutcome = "done" | "busy" | "failed";

/** How much of one kind went. */
export interface Removed {
  readonly count: number;
  readonly bytes: number;
}

/** What a collection came to. */
export interface Collected {
  readonly outcome: GcOutcome;
  readonly seconds: number;
  /** Empty unless it was done. */
  readonly removed: Readonly<Partial<Record<RemovalKind, Removed>>>;
  readonly problems: number;
}

/** What a survey found, and how long it took. */
export interface Surveyed extends StoreSize {
  readonly seconds: number;
}

export type UpkeepReport =
  | { readonly kind: "said"; readonly level: LogLevel; readonly message: string }
  | { readonly kind: "collected"; readonly collected: Collected }
  | { readonly kind: "purged"; readonly uploads: number }
  | { readonly kind: "surveyed"; readonly surveyed: Surveyed }
  /** The last that is heard of a thread. */
  | { readonly kind: "ended" };

/** The part of the global scope of such a thread that the compiler's library for the main thread does not know. */
export interface UpkeepScope {
  onmessage: ((event: MessageEvent<Settings>) => void) | null;
  postMessage(report: UpkeepReport): void;
  close(): void;
}

/** The scope of the thread that asks. */
export function upkeepScope(): UpkeepScope {
  return globalThis as unknown as UpkeepScope;
}

/** Ends the thread, and tells the main thread that nothing more is to be heard of it. */
export function endThread(scope: UpkeepScope): void {
  scope.postMessage({ kind: "ended" });
  scope.close();
}

/** Tells the main thread a line for the log. */
export function say(scope: UpkeepScope, level: LogLevel, message: string): void {
  scope.postMessage({ kind: "said", level, message });
}

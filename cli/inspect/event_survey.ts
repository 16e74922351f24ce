/**
 * Which events wait for which listeners.
 *
 * @module
 */

import { EVENT_ACTIONS, type EventAction } from "../../registry/events.ts";
import { isJsonObject } from "../../storage/descriptor.ts";
import type { StorageDriver } from "../../storage/driver.ts";
import {
  EventPositionFile,
  positionedEndpoints,
  soundPlace,
} from "../../storage/event_position.ts";
import { type EventEntry, EventReader, FIRST_PLACE } from "../../storage/event_reader.ts";
import { parseJson } from "../../storage/manifest.ts";
import { endpointIdOf } from "../../storage/names.ts";

/** What waits for one listener. Events that it ignores count until it has come past them. */
export interface ListenerRow {
  readonly name: string;
  /** The number of the event that it is told of next. */
  readonly next: number;
  readonly pending: Readonly<Record<EventAction, number>>;
  /** Lines that a crash tore, which are passed over. */
  readonly damaged: number;
  readonly bytes: number;
  /** When the oldest of them happened, in milliseconds since 1970; `null` when none waits. */
  readonly oldestMs: number | null;
  /** Failures since it last took an event, and why the last attempt failed. */
  readonly failures: number;
  readonly failure: string | null;
}

type Row = { -readonly [K in keyof ListenerRow]: ListenerRow[K] } & {
  readonly pending: Record<EventAction, number>;
};

/** Looks at all listeners of a store, as they were last written down, and reads what waits once. */
export async function surveyEvents(driver: StorageDriver): Promise<readonly ListenerRow[]> {
  const rows: Row[] = [];
  let first = null;
  for (const name of (await positionedEndpoints(driver)).toSorted()) {
    const id = endpointIdOf(name);
    const position = id === null ? null : await new EventPositionFile(driver, id).read();
    const { place = FIRST_PLACE, failures = 0, failure = null } = position ?? {};
    rows.push({ ...emptyRow(name), next: place.number, failures, failure });
    if (first === null || place.number < first.number) first = place;
  }
  if (first === null) return [];
  const reader = new EventReader(driver, await soundPlace(driver, first));
  let before = reader.place;
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    // The first event behind a place may stand in a later file.
    const isNewFile = entry.end.segment !== before.segment;
    const bytes = entry.end.offset - (isNewFile ? 0 : before.offset);
    for (const row of rows) if (entry.end.number > row.next) addEntry(row, entry, bytes);
    before = entry.end;
  }
  return rows;
}

function emptyRow(name: string): Row {
  const pending = { pull: 0, push: 0, mount: 0, delete: 0 };
  return {
    name,
    next: 1,
    pending,
    damaged: 0,
    bytes: 0,
    oldestMs: null,
    failures: 0,
    failure: null,
  };
}

function addEntry(row: Row, { event: text }: EventEntry, bytes: number): void {
  row.bytes += bytes;
  const event = text === null ? null : parseJson(text);
  const action = isJsonObject(event)
    ? EVENT_ACTIONS.find((action) => action === event.action)
    : undefined;
  if (!isJsonObject(event) || action === undefined) {
    row.damaged++;
    return;
  }
  row.pending[action]++;
  const timeMs = Date.parse(String(event.timestamp));
  if (!Number.isNaN(timeMs)) row.oldestMs = Math.min(row.oldestMs ?? timeMs, timeMs);
}

/**
 * The flags of `berth serve` that stand for settings.
 *
 * @module
 */

import type { CommandArgs, Flag } from "../command.ts";
import type { Row, Section } from "./nodes.ts";
import type { WrittenFlag } from "./read.ts";
import { TABLE } from "./table.ts";
import { keyPath } from "./written.ts";

interface FlagRow {
  readonly name: string;
  readonly path: string;
  readonly row: Row;
}

const FLAG_ROWS: readonly FlagRow[] = flagRows(TABLE, "");

function flagRows(section: Section, above: string): readonly FlagRow[] {
  return Object.entries(section.children).flatMap(([key, child]) => {
    const path = keyPath(above, key);
    if (child.node === "section") return flagRows(child, path);
    if (child.node !== "row" || child.flag === undefined) return [];
    return [{ name: child.flag, path, row: child }];
  });
}

/** The flags, for the table of flags of the command. */
export const SETTING_FLAGS: readonly Flag[] = FLAG_ROWS.map(({ name, row }) => ({
  name,
  letter: null,
  placeholder: row.placeholder ?? null,
  meaning: row.fallbackWords === undefined ? row.meaning : `${row.meaning}; ${row.fallbackWords}`,
  fallback: row.placeholder === undefined || row.fallbackWords !== undefined
    ? null
    : row.bare ?? row.fallback,
}));

/** The flags that were given, by the path of their setting. */
export function writtenFlags(args: CommandArgs): ReadonlyMap<string, WrittenFlag> {
  const written = new Map<string, WrittenFlag>();
  for (const { name, path, row } of FLAG_ROWS) {
    const value = row.placeholder === undefined ? args.isSet(name) || null : args.text(name);
    if (value !== null) written.set(path, { value, from: `--${name}` });
  }
  return written;
}

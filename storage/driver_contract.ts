/**
 * The suite that every driver runs: each rule of the seam in `driver.ts` as a test.
 *
 * @module
 */

import { APPEND_CASES } from "./contract/append.ts";
import { CONTENT_CASES } from "./contract/content.ts";
import { type ContractCase, ContractKit, type ContractNeed } from "./contract/kit.ts";
import { LIST_CASES } from "./contract/list.ts";
import { LOCK_CASES } from "./contract/lock.ts";
import { MOVE_CASES } from "./contract/move.ts";
import { READ_CASES } from "./contract/read.ts";
import { REMOVE_CASES } from "./contract/remove.ts";
import { STAT_CASES } from "./contract/stat.ts";
import type { Awaitable } from "./awaitable.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";

const CASES: readonly ContractCase[] = [
  ...CONTENT_CASES,
  ...READ_CASES,
  ...APPEND_CASES,
  ...STAT_CASES,
  ...LIST_CASES,
  ...MOVE_CASES,
  ...REMOVE_CASES,
  ...LOCK_CASES,
];

/** A driver over a place of its own that is empty. */
export interface OpenedDriver {
  readonly driver: StorageDriver;
  /** Ends the driver and removes what it kept. */
  close(): Promise<void>;
}

export interface DriverContractOptions<Opened extends OpenedDriver> {
  /** Opens another driver over the same place. Give it when the driver `isShared`. */
  readonly openSecond?: (first: Opened) => Awaitable<StorageDriver>;
  /** Makes a file or directory look as if it was last touched in the first days of 1970. */
  readonly backdate?: (opened: Opened, path: StoragePath) => Awaitable<void>;
  /** Rules that the driver cannot obey, by the exact names of their tests without the driver's, and why. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
}

/** Registers one test for each rule. `open` is called anew for each. Throws on a skip that names no test. */
export function driverContract<Opened extends OpenedDriver>(
  name: string,
  open: () => Promise<Opened>,
  options: DriverContractOptions<Opened> = {},
): void {
  const skips = skipReasons(options.skip ?? []);
  for (const rule of CASES) {
    const reason = skips.get(rule.name) ?? unmetNeed(rule.needs ?? [], options);
    Deno.test({
      name: `${name}: ${rule.name}${reason === null ? "" : ` (skipped: ${reason})`}`,
      ignore: reason !== null,
      // A driver that forgets to close a file fails the rule that made it open one.
      sanitizeOps: true,
      sanitizeResources: true,
      fn: () => runCase(rule, open, options),
    });
  }
}

async function runCase<Opened extends OpenedDriver>(
  rule: ContractCase,
  open: () => Promise<Opened>,
  options: DriverContractOptions<Opened>,
): Promise<void> {
  const opened = await open();
  try {
    const { openSecond, backdate } = options;
    const kit = new ContractKit({
      driver: opened.driver,
      second: openSecond === undefined ? null : await openSecond(opened),
      backdate: backdate === undefined ? null : (path) => backdate(opened, path),
    });
    await rule.run(kit);
    await kit.sweep();
  } finally {
    await opened.close();
  }
}

function unmetNeed<Opened extends OpenedDriver>(
  needs: readonly ContractNeed[],
  options: DriverContractOptions<Opened>,
): string | null {
  const isMet: Readonly<Record<ContractNeed, boolean>> = {
    "a second instance": options.openSecond !== undefined,
    "a way to backdate files": options.backdate !== undefined,
  };
  const unmet = needs.find((need) => !isMet[need]);
  return unmet === undefined ? null : `needs ${unmet}`;
}

function skipReasons(
  skips: readonly { readonly reason: string; readonly tests: readonly string[] }[],
): ReadonlyMap<string, string> {
  const reasons = new Map(
    skips.flatMap(({ reason, tests }) => tests.map((test) => [test, reason])),
  );
  for (const test of reasons.keys()) {
    if (CASES.some((rule) => rule.name === test)) continue;
    throw new TypeError(`Cannot skip "${test}": the driver contract has no such test`);
  }
  return reasons;
}

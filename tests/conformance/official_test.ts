/**
 * berth passes the official conformance program, and the cases here cover all of its cases.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { withBerth } from "../harness.ts";
import { CASES } from "./cases.ts";
import { runProgram, whyNoProgram, withProgram } from "./official.ts";

/** Kinds of data that are tried only where a registry takes manifests of absent content. */
const DISABLED_VERDICTS = ["Sparse Manifests"];

// What the program does before and after it asks for ranges stands in its results beside the ranges.
const SET_UP_REGEXP = /\/range requests\/blob-/;

const reason = whyNoProgram();

Deno.test({
  name: `the official conformance program passes${reason === null ? "" : ` (ignored: ${reason})`}`,
  ignore: reason !== null,
  fn: (test) =>
    withProgram(async (program) => {
      if (program === null) {
        const name = "(ignored: Go cannot get the module of the program)";
        await test.step({ name, ignore: true, fn: () => {} });
        return;
      }
      const report = await withBerth(({ host }) => runProgram(program, host));
      await test.step("every case passes", () => {
        const others = report.cases.filter(({ status }) => status !== "passed");
        assertEquals(others.map(({ name, status, reason }) => `${name}: ${status}: ${reason}`), []);
        assertEquals(report.exitCode, 0);
      });
      await test.step("every API and every kind of data passes", () => {
        const others = [...report.verdicts].filter(([, verdict]) => verdict !== "Pass");
        assertEquals(others, DISABLED_VERDICTS.map((name) => [name, "Disabled"]));
      });
      await test.step("every case is covered by one of ours", () => {
        const covered = CASES.flatMap(({ covers }) => covers.map((name) => `${name}/`));
        const names = new Set(report.cases.map(({ name }) => `dev/${name}/`));
        const uncovered = [...names].filter((name) =>
          !SET_UP_REGEXP.test(name) && !covered.some((cover) => name.startsWith(cover))
        );
        assertEquals(uncovered, []);
      });
    }),
});

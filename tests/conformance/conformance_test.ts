/**
 * Runs every conformance case against the registry at `BERTH_CONFORMANCE_URL`, or against a berth of its own.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { startBerth } from "../harness.ts";
import { newPrefix, runCase } from "./case.ts";
import { CASES } from "./cases.ts";
import { RegistryClient } from "./client.ts";

const url = Deno.env.get("BERTH_CONFORMANCE_URL");
const prefix = newPrefix();
let registry: RegistryClient | null = null;
let stop = async (): Promise<void> => {};

Deno.test.beforeAll(async () => {
  if (url !== undefined) {
    registry = new RegistryClient(url);
    return;
  }
  const root = await Deno.makeTempDir({ prefix: "berth_conformance_" });
  stop = () => Deno.remove(root, { recursive: true });
  const server = await startBerth({ root });
  stop = async () => {
    await server.stop();
    await Deno.remove(root, { recursive: true });
  };
  registry = new RegistryClient(server.url);
});

Deno.test.afterAll(() => stop());

Deno.test("no two conformance cases have the same id", () => {
  const ids = CASES.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
});

for (const testCase of CASES) {
  Deno.test(`${testCase.id}: ${testCase.name}`, async () => {
    if (registry === null) throw new Error("No registry was started to run the case against");
    await runCase(testCase, registry, prefix);
  });
}

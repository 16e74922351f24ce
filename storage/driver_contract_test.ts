import { assertThrows } from "@std/assert";
import { driverContract } from "./driver_contract.ts";
import { MemoryDriver } from "./memory.ts";

Deno.test("driverContract() refuses to skip a test that it does not have", () => {
  const open = () =>
    Promise.resolve({ driver: new MemoryDriver(), close: () => Promise.resolve() });
  assertThrows(
    () => driverContract("driver", open, { skip: [{ reason: "none", tests: ["put() flies"] }] }),
    TypeError,
    'Cannot skip "put() flies"',
  );
});

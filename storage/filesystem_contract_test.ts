import { driverContract } from "./driver_contract.ts";
import { FilesystemDriver } from "./filesystem.ts";

/** A time in the first days of 1970, in seconds. */
const LONG_AGO_SECONDS = 1;

for (
  const [name, isWalk] of [["FilesystemDriver", false], [
    "FilesystemDriver for a walk",
    true,
  ]] as const
) {
  driverContract(name, async () => {
    const root = await Deno.makeTempDir({ prefix: "berth_contract_" });
    return {
      driver: new FilesystemDriver(root, { isWalk }),
      root,
      close: () => Deno.remove(root, { recursive: true }),
    };
  }, {
    openSecond: ({ root }) => new FilesystemDriver(root),
    backdate: ({ root }, path) => Deno.utime(`${root}/${path}`, LONG_AGO_SECONDS, LONG_AGO_SECONDS),
  });
}

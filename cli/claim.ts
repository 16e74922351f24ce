/**
 * Makes sure that nobody else listens where a server is about to.
 *
 * @module
 */

import { StorageError } from "../storage/errors.ts";
import { type Address, addressHost, type TcpAddress } from "./address.ts";

/**
 * Finds out that nobody listens there, and which port 0 stands for; removes the file of a socket that nobody listens
 * on. Throws a `StorageError` that says what to do otherwise.
 */
export async function claimAddress(address: Address): Promise<Address> {
  if ("port" in address) return claimPort(address);
  await claimSocket(address.path);
  return address;
}

/** The loops share the port, and so would a second server that was started by mistake. */
function claimPort(addr: TcpAddress): TcpAddress {
  try {
    const listener = Deno.listen({ hostname: addr.host || "0.0.0.0", port: addr.port });
    const { port } = listener.addr;
    listener.close();
    return { ...addr, port };
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "another program listens there; end it or pass --addr"
      : error instanceof Deno.errors.PermissionDenied
      ? "permission denied; ports below 1024 are for root, pass another --addr"
      : `${error instanceof Error ? error.message : error}; pass another --addr`;
    throw new StorageError(
      "invalid",
      `Cannot listen on ${addressHost(addr)}:${addr.port}: ${reason}`,
    );
  }
}

/** A server that was killed leaves its socket behind, on which nobody could listen. */
async function claimSocket(path: string): Promise<void> {
  try {
    const info = Deno.lstatSync(path);
    if (info.isSocket !== true) throw refused(path, "it is a file; remove it or pass another path");
    if (await isListenedOn(path)) {
      throw refused(path, "another program listens there; end it or pass another path");
    }
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    if (error instanceof Deno.errors.NotFound) return;
    throw refused(path, error instanceof Error ? error.message : String(error));
  }
}

function refused(path: string, reason: string): StorageError {
  return new StorageError("invalid", `Cannot listen on http.addr "${path}": ${reason}`);
}

async function isListenedOn(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch {
    return false;
  }
}

/** An address with its scheme, as the line that says that the server is there shows it. */
export function shownAddress(address: Address, hasTls: boolean): string {
  if ("path" in address) return `unix:${address.path}`;
  return `${hasTls ? "https" : "http"}://${addressHost(address)}:${address.port}`;
}

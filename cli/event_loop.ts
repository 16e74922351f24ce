/**
 * One event loop of the server: the registry on one listening socket. Runs in the main thread and in workers.
 *
 * @module
 */

import { createApp } from "../registry/app.ts";
import type { RegistryError } from "../registry/errors.ts";
import { ReadOnlyDriver } from "../storage/read_only_driver.ts";
import { openStore } from "../storage/store.ts";
import { type AnnouncedDigest, UploadDigests } from "../storage/upload_digests.ts";
import { drainable } from "./draining.ts";
import type { Settings } from "./settings.ts";
import { openDriver, registrySettings } from "./wire.ts";

/** A loop that answers requests. */
export interface EventLoop {
  /** Takes no new requests, and resolves when those under way have ended. */
  drain(): Promise<void>;
}

/** Name of the channel on which the loops of a process tell each other how far uploads are. */
const DIGESTS_CHANNEL = "berth.upload_digests";

/** Starts to answer on a port that is known to be free, or shared with the other loops. */
export function startEventLoop(settings: Settings): EventLoop {
  const channel = settings.workers > 1 ? new BroadcastChannel(DIGESTS_CHANNEL) : null;
  const digests = new UploadDigests(
    channel === null ? null : (announced): void => channel.postMessage(announced),
  );
  if (channel !== null) {
    channel.onmessage = ({ data }: MessageEvent<AnnouncedDigest>): void => digests.hear(data);
  }
  const driver = openDriver(settings.root);
  const store = openStore(settings.readOnly ? new ReadOnlyDriver(driver) : driver, digests);
  const { app, drain } = drainable(
    createApp({ store, settings: registrySettings(settings), report }),
  );
  const server = Deno.serve({
    hostname: settings.addr.host || "0.0.0.0",
    port: settings.addr.port,
    reusePort: settings.workers > 1,
    automaticCompression: false,
    onListen: (): void => {},
  }, app);
  return {
    async drain(): Promise<void> {
      await drain();
      await server.shutdown();
      channel?.close();
      store.gate.close();
    },
  };
}

/** One line on stderr for what the registry could not do. */
function report(error: RegistryError, request: Request): void {
  const cause = error.cause instanceof Error ? error.cause : error;
  const detail = error.status === 500 ? cause.stack ?? cause.message : cause.message;
  console.error(`berth serve: ${request.method} ${request.url}: ${error.status}: ${detail}`);
}

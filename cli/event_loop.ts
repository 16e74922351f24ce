/**
 * One event loop of the server: the registry on one listening socket. Runs in the main thread and in workers.
 *
 * @module
 */

import { withHeaders } from "../registry/answer_headers.ts";
import { createApp } from "../registry/app.ts";
import { createAuthorizer } from "../registry/auth/create_authorizer.ts";
import { EventRecorder } from "../registry/events.ts";
import { notePeer } from "../registry/peers.ts";
import type { RegistryError } from "../registry/errors.ts";
import { ReadOnlyDriver } from "../storage/read_only_driver.ts";
import { openStore } from "../storage/store.ts";
import { type AnnouncedDigest, UploadDigests } from "../storage/upload_digests.ts";
import { authOptions } from "./auth_options.ts";
import { type ClientLimits, clientOf } from "./client_limits.ts";
import { drainable } from "./draining.ts";
import { type Handler, listen } from "./listener.ts";
import { NotificationPort } from "./notification_port.ts";
import { eventOptions } from "./notification_settings.ts";
import type { NotificationInit } from "./notifications.ts";
import type { ReadOnlySwitch } from "./read_only.ts";
import type { Settings } from "./settings/table.ts";
import { openConfiguredDriver, registrySettings } from "./wire.ts";

/** A loop that answers requests. */
export interface EventLoop {
  /** Takes no new requests, and resolves when those under way have ended. */
  drain(): Promise<void>;
}

/** Name of the channel on which the loops of a process tell each other how far uploads are. */
const DIGESTS_CHANNEL = "berth.upload_digests";

/**
 * Starts to answer on a port that is known to be free, or shared with the other loops. Throws an `AuthOptionsError` for
 * settings of authentication that cannot work.
 */
export async function startEventLoop(
  settings: Settings,
  readOnly: ReadOnlySwitch,
  limits: ClientLimits | null,
  notifications: NotificationInit | null,
): Promise<EventLoop> {
  const authentication = await createAuthorizer(authOptions(settings), {
    nowMs: Date.now,
    warn,
  });
  const channel = settings.http.workers > 1 ? new BroadcastChannel(DIGESTS_CHANNEL) : null;
  const digests = new UploadDigests(
    channel === null ? null : (announced): void => channel.postMessage(announced),
  );
  if (channel !== null) {
    channel.onmessage = ({ data }: MessageEvent<AnnouncedDigest>): void => digests.hear(data);
  }
  const driver = openConfiguredDriver(settings);
  const isReadOnly = settings.storage.maintenance.readonly.enabled;
  const store = openStore(isReadOnly ? new ReadOnlyDriver(driver) : driver, digests);
  const port = notifications === null ? null : new NotificationPort(notifications);
  const events = port === null || notifications === null
    ? null
    : new EventRecorder(port, eventOptions(settings, notifications.source));
  const { app, drain } = drainable(
    createApp({
      store,
      settings: registrySettings(settings, readOnly),
      authorizer: authentication.authorizer,
      routes: authentication.routes,
      ...events === null ? {} : { events },
      report,
    }),
  );
  const { trustforwarded } = settings.limits;
  const handler: Handler = (request, info) => {
    if (events !== null) notePeer(request, info.remoteAddr);
    return limits === null
      ? app(request)
      : limits.run(clientOf(request, info, trustforwarded), request, app);
  };
  const listener = listen(settings, withHeaders(handler, settings.http.headers), warn);
  return {
    async drain(): Promise<void> {
      await drain();
      await listener.close();
      port?.close();
      authentication.close();
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

function warn(message: string): void {
  console.error(`berth serve: ${message}`);
}

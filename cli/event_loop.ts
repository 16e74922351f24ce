/**
 * One event loop of the server: the registry on one listening socket. Runs in the main thread and in workers.
 *
 * @module
 */

import { withHeaders } from "../registry/answer_headers.ts";
import { type App, createApp } from "../registry/app.ts";
import { createAuthorizer } from "../registry/auth/create_authorizer.ts";
import { RegistryError } from "../registry/errors.ts";
import { EventRecorder } from "../registry/event_recorder.ts";
import { isProbe } from "../registry/handlers/probes.ts";
import { observed } from "../registry/observe.ts";
import { respondError, toResponse } from "../registry/respond.ts";
import { after } from "../storage/awaitable.ts";
import { ReadOnlyDriver } from "../storage/read_only_driver.ts";
import { openStore } from "../storage/store.ts";
import { type AnnouncedDigest, UploadDigests } from "../storage/upload_digests.ts";
import { authOptions } from "./auth_options.ts";
import { clientOf } from "./client_address.ts";
import { drainable } from "./draining.ts";
import { certificateFiles, type Handler, listen } from "./listener.ts";
import { type NotificationInit, NotificationPort } from "./notification_port.ts";
import { eventOptions } from "./notification_settings.ts";
import { observeLoop, reportTo } from "./observation.ts";
import { OneWrite } from "./one_write.ts";
import type { ServerState } from "./server_state.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./settings/table.ts";
import { openConfiguredDriver, registrySettings, SERVED } from "./wire.ts";

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
  services: Services,
  notifications: NotificationInit | null,
): Promise<EventLoop> {
  const { log, state } = services;
  const warn = (message: string): void => log.warn(message);
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
  const opened = openConfiguredDriver(settings, SERVED);
  const { observers, driver, cacheWatch } = observeLoop(settings, services, opened);
  const isReadOnly = settings.storage.maintenance.readonly.enabled;
  const store = openStore(isReadOnly ? new ReadOnlyDriver(driver) : driver, {
    digests,
    catalog: services.catalog,
    watch: cacheWatch,
  });
  const telling = notifications === null ? null : startTelling(settings, notifications);
  const { app, drain } = drainable(
    whileHealthy(
      state,
      createApp({
        store,
        settings: registrySettings(settings, services),
        authorizer: authentication.authorizer,
        routes: authentication.routes,
        ...telling === null ? {} : { events: telling.events },
        report: reportTo(log),
      }),
    ),
  );
  const { trustforwarded } = settings.limits;
  const { limits } = services;
  const observedApp = observed(
    (request, observation, info: Deno.ServeHandlerInfo) =>
      limits === null ? app(request, observation) : limits.run(
        clientOf(request, info, trustforwarded),
        request,
        (limited) => app(limited, observation),
      ),
    observers,
  );
  const answer = withHeaders(observedApp, settings.http.headers);
  // What goes over TLS may be HTTP/2, which has no such buffer.
  const oneWrite = certificateFiles(settings) === null ? new OneWrite() : null;
  const handler: Handler = (request, info) =>
    after(answer(request, info), (answered) => {
      oneWrite?.prepare(answered, info);
      return toResponse(answered);
    });
  const listener = await listen(settings, handler, warn);
  return {
    async drain(): Promise<void> {
      await drain();
      await listener.close();
      telling?.port.close();
      authentication.close();
      channel?.close();
      store.gate.close();
    },
  };
}

/** What tells listeners of requests, and the way to them. */
function startTelling(
  settings: Settings,
  notifications: NotificationInit,
): { readonly events: EventRecorder; readonly port: NotificationPort } {
  const port = new NotificationPort(notifications);
  return { events: new EventRecorder(port, eventOptions(settings, notifications.source)), port };
}

/** Turns requests down while a health check fails, as distribution does; probes are answered. */
function whileHealthy(state: ServerState, app: App): App {
  return (request, observation) =>
    state.isFailing && !isProbe(request)
      ? respondError(new RegistryError("UNAVAILABLE", UNHEALTHY))
      : app(request, observation);
}

/** In distribution's words, which name a page of the debug server. */
const UNHEALTHY = { detail: "health check failed: please see /debug/health" };

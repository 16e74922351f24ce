/**
 * What the settings say of notifications.
 *
 * @module
 */

import type { EventOptions } from "../registry/event_recorder.ts";
import type { EventSource } from "../registry/events.ts";
import { type Endpoint, isWantedBy } from "../registry/notifications/endpoint.ts";
import { EVENTS_BACKOFF_MS, EVENTS_THRESHOLD, EVENTS_TIMEOUT_MS } from "../storage/limits.ts";
import type { Settings } from "./settings/table.ts";

/** The listeners that are not off. Where distribution takes 0 for its default, so does this. */
export function notificationEndpoints({ notifications }: Settings): readonly Endpoint[] {
  return notifications.endpoints.filter(({ disabled }) => !disabled).map((endpoint) => ({
    name: endpoint.name,
    url: endpoint.url,
    headers: endpoint.headers,
    timeoutMs: endpoint.timeout || EVENTS_TIMEOUT_MS,
    threshold: endpoint.threshold || EVENTS_THRESHOLD,
    backoffMs: endpoint.backoff || EVENTS_BACKOFF_MS,
    ignoredMediaTypes: [...endpoint.ignoredmediatypes, ...endpoint.ignore.mediatypes],
    ignoredActions: endpoint.ignore.actions,
    secret: endpoint.secret,
    batch: endpoint.batch,
  }));
}

/** How events are made. */
export function eventOptions(settings: Settings, source: EventSource): EventOptions {
  const endpoints = notificationEndpoints(settings);
  return {
    source,
    includesReferences: settings.notifications.events.includereferences,
    isWanted: (action, mediaType) =>
      endpoints.some((endpoint) => isWantedBy(endpoint, action, mediaType)),
  };
}

/** The server as events name it: its host, with its port if it has one, and a new id. */
export function eventSource({ http }: Settings): EventSource {
  const instanceID = crypto.randomUUID();
  const { addr } = http;
  if (addr === null) return { addr: "", instanceID };
  if ("path" in addr) return { addr: addr.path, instanceID };
  return { addr: `${hostname() ?? addr.host}:${addr.port}`, instanceID };
}

/** The name of the machine; `null` when berth may not ask for it. */
function hostname(): string | null {
  const permission = { name: "sys", kind: "hostname" } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") {
    return Deno.env.get("HOSTNAME") ?? null;
  }
  return Deno.hostname();
}

/**
 * The registry as a function from requests to answers.
 *
 * @module
 */

import { after, type Awaitable, rescue } from "../storage/awaitable.ts";
import { parseRepositoryName, type RepositoryName } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import { accessRequests, type Authorizer, type Caller, openAuthorizer } from "./auth/authorizer.ts";
import { type RegistrySettings, requireName } from "./context.ts";
import { RegistryError, toRegistryError } from "./errors.ts";
import type { EventRecorder } from "./event_recorder.ts";
import { HotBlobs } from "./hot_blobs.ts";
import type { Observation } from "./observe.ts";
import { requestIdOf } from "./request_id.ts";
import { type Answer, respond, respondError } from "./respond.ts";
import { allowedMethods, type Endpoint, type Route, Router, type Switch } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { type Target, Targets } from "./target.ts";
import { RELATIVE_URLS, urlsOf } from "./urls.ts";

/** Answers one request, and says what it finds out to who watches. Never throws, now or later. */
export type App = (request: Request, observation?: Observation) => Awaitable<Answer>;

/** Where an app leaves word of what it could not do. `requestId` is `null` when nobody watches. */
export type Report = (error: RegistryError, request: Request, requestId: string | null) => void;

/** What an app works on. */
export interface AppServices {
  readonly store: Store;
  readonly settings: RegistrySettings;
  /** Who may do what; everybody everything when there is none. */
  readonly authorizer?: Authorizer;
  /** Routes beside {@linkcode ROUTES}: those that only some registries have. */
  readonly routes?: readonly Route[];
  /** Tells listeners of what is done; there are none when it is absent. */
  readonly events?: EventRecorder;
  /** Told of every answer of 400 and above. */
  readonly report: Report;
}

/** Makes the function that answers. */
export function createApp(services: AppServices): App {
  const router = new Router([...ROUTES, ...services.routes ?? []]);
  const { urls = RELATIVE_URLS } = services.settings;
  const parts: AppParts = {
    ...services,
    targets: new Targets(router, urls.prefix),
    hotBlobs: new HotBlobs(services.store.blobs),
  };
  return (request, observation) =>
    rescue(() => answer(request, parts, observation), (thrown) => {
      const error = toRegistryError(thrown);
      services.report(error, request, observation?.requestId ?? null);
      return withoutBody(request, respondError(error));
    });
}

/** What an app is made of. */
interface AppParts extends AppServices {
  readonly targets: Targets;
  readonly hotBlobs: HotBlobs;
}

function answer(
  request: Request,
  services: AppParts,
  observation?: Observation,
): Awaitable<Answer> {
  const target = services.targets.of(request.url);
  const { route, reference, query } = target;
  observation?.routed(route, target.name, reference);
  const endpoint = findEndpoint(route, request.method);
  if (endpoint === null) return answerOtherMethod(request, route);
  const name = target.repository ?? repositoryOf(target);
  return after(authorize(request, endpoint, name, query, services), (caller) => {
    observation?.recognized(caller.name);
    requireSwitch(endpoint.guardedBy, services.settings);
    if (endpoint.guardedBy !== "none") services.events?.requireRoom();
    const answered = endpoint.handler({
      request,
      requestId: observation?.requestId ?? requestIdOf(request),
      connection: observation?.connection ?? null,
      received: (bytes) => observation?.received(bytes),
      store: services.store,
      hotBlobs: services.hotBlobs,
      settings: services.settings,
      caller,
      name,
      reference,
      query,
      urls: urlsOf(request, services.settings.urls ?? RELATIVE_URLS),
      events: services.events ?? null,
    });
    return after(answered, (whole) => withoutBody(request, whole));
  });
}

/** Every request passes here but those that tell a load balancer that somebody is there. */
function authorize(
  request: Request,
  { access }: Endpoint,
  name: RepositoryName,
  query: URLSearchParams,
  { authorizer = openAuthorizer }: AppServices,
): Awaitable<Caller> {
  if (access === "none") return openAuthorizer.authorize(request, []);
  // A source that is no name at all is the handler's to refuse.
  const from = query.has("mount") ? parseRepositoryName(query.get("from") ?? "") : null;
  return authorizer.authorize(request, accessRequests(access, name, from));
}

/** Throws `NAME_INVALID` for a malformed name. Handlers of paths without a repository never look at it. */
function repositoryOf({ route, name }: Target): RepositoryName {
  return route.path.includes("<name>") ? requireName(name) : "" as RepositoryName;
}

function findEndpoint(route: Route, method: string): Endpoint | null {
  return route.endpoints.find((endpoint) => endpoint.method === method) ?? null;
}

function answerOtherMethod(request: Request, route: Route): Answer {
  const headers = { Allow: allowedMethods(route) };
  if (request.method === "OPTIONS") return respond(200, headers);
  throw new RegistryError("UNSUPPORTED", {
    message: `${request.method.slice(0, 20)} is not supported here, but ${headers.Allow} are`,
    headers,
  });
}

/** Why a switch turns a request down; `null` when it does not. Every write passes here, and nowhere else. */
const REFUSALS: Readonly<Record<Switch, (settings: RegistrySettings) => string | null>> = {
  none: () => null,
  write: ({ isReadOnly }) => isReadOnly ? "the registry is read-only" : null,
  delete: ({ isReadOnly, isDeleteEnabled }) => {
    if (isReadOnly) return "the registry is read-only";
    return isDeleteEnabled ? null : "deleting is disabled in this registry";
  },
};

function requireSwitch(guardedBy: Switch, settings: RegistrySettings): void {
  const message = REFUSALS[guardedBy](settings);
  if (message !== null) throw new RegistryError("UNSUPPORTED", { message });
}

/** An answer to HEAD has the headers of the answer to GET, and no body (RFC 9110, section 9.3.2). */
function withoutBody(request: Request, answered: Answer): Answer {
  return request.method !== "HEAD" || answered.body === null
    ? answered
    : { ...answered, body: null };
}

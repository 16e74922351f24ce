/**
 * The registry as a function from requests to answers.
 *
 * @module
 */

import { parseRepositoryName, type RepositoryName } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import { accessRequests, type Authorizer, type Caller, openAuthorizer } from "./auth/authorizer.ts";
import { type RegistrySettings, requireName } from "./context.ts";
import { RegistryError, toRegistryError } from "./errors.ts";
import type { EventRecorder } from "./event_recorder.ts";
import type { Observation } from "./observe.ts";
import { requestIdOf } from "./request_id.ts";
import { respond, respondError } from "./respond.ts";
import { allowedMethods, type Endpoint, type Route, Router, type Switch } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { pathBelow, RELATIVE_URLS, urlsOf } from "./urls.ts";

/** Answers one request, and says what it finds out to who watches. Never rejects. */
export type App = (request: Request, observation?: Observation) => Promise<Response>;

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
  return async (request, observation) => {
    try {
      return await answer(request, router, services, observation);
    } catch (thrown) {
      const error = toRegistryError(thrown);
      services.report(error, request, observation?.requestId ?? null);
      return withoutBody(request, respondError(error));
    }
  };
}

async function answer(
  request: Request,
  router: Router,
  services: AppServices,
  observation?: Observation,
): Promise<Response> {
  const { path, search } = splitUrl(request.url);
  const { urls = RELATIVE_URLS } = services.settings;
  const below = pathBelow(urls.prefix, decodePath(path));
  const match = below === null ? null : router.match(below);
  if (match === null) throw notFound(path, urls.prefix);
  observation?.routed(match.route, match.name, match.reference);
  const endpoint = findEndpoint(match.route, request.method);
  if (endpoint === null) return answerOtherMethod(request, match.route);
  const name = match.route.path.includes("<name>") ? requireName(match.name) : NO_NAME;
  const query = new URLSearchParams(search);
  const caller = await authorize(request, endpoint, name, query, services);
  observation?.recognized(caller.name);
  requireSwitch(endpoint.guardedBy, services.settings);
  if (endpoint.guardedBy !== "none") services.events?.requireRoom();
  const response = await endpoint.handler({
    request,
    requestId: observation?.requestId ?? requestIdOf(request),
    connection: observation?.connection ?? null,
    received: (bytes) => observation?.received(bytes),
    store: services.store,
    settings: services.settings,
    caller,
    name,
    reference: match.reference,
    query,
    urls: urlsOf(request, urls),
    events: services.events ?? null,
  });
  return withoutBody(request, response);
}

/** Every request passes here but those that tell a load balancer that somebody is there. */
function authorize(
  request: Request,
  { access }: Endpoint,
  name: RepositoryName,
  query: URLSearchParams,
  { authorizer = openAuthorizer }: AppServices,
): Promise<Caller> {
  if (access === "none") return openAuthorizer.authorize(request, []);
  // A source that is no name at all is the handler's to refuse.
  const from = query.has("mount") ? parseRepositoryName(query.get("from") ?? "") : null;
  return authorizer.authorize(request, accessRequests(access, name, from));
}

/** For the handlers of paths without a repository, which never look at it. */
const NO_NAME = "" as RepositoryName;

/**
 * Takes a URL apart by hand: `new URL` would resolve `..`, and its encoded forms, before anybody has looked. Deno
 * hands the request target through as it came.
 */
function splitUrl(url: string): { path: string; search: string } {
  const start = url.indexOf("/", url.indexOf("://") + "://".length);
  const target = start < 0 ? "/" : url.slice(start);
  const [beforeFragment = ""] = target.split("#", 1);
  const question = beforeFragment.indexOf("?");
  if (question < 0) return { path: beforeFragment, search: "" };
  return { path: beforeFragment.slice(0, question), search: beforeFragment.slice(question + 1) };
}

function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound(path);
  }
}

function notFound(path: string, prefix = "/"): RegistryError {
  return new RegistryError("UNSUPPORTED", {
    status: 404,
    message: `there is nothing at this path; the API begins at ${prefix}v2/`,
    detail: { path: path.slice(0, 300) },
  });
}

function findEndpoint(route: Route, method: string): Endpoint | null {
  return route.endpoints.find((endpoint) => endpoint.method === method) ?? null;
}

function answerOtherMethod(request: Request, route: Route): Response {
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
function withoutBody(request: Request, response: Response): Response {
  if (request.method !== "HEAD" || response.body === null) return response;
  return new Response(null, { status: response.status, headers: response.headers });
}

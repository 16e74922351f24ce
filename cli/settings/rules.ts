/**
 * What settings have to fulfil together.
 *
 * @module
 */

import { isHeader } from "../../registry/answer_headers.ts";
import { TOKEN_LIFE_MS_MAX, TOKEN_LIFE_MS_MIN } from "../../storage/limits.ts";
import { endpointIdOf } from "../../storage/names.ts";
import type { Remark } from "./problems.ts";
import type { Settings } from "./table.ts";

interface Rule {
  /** The key that is to blame. */
  readonly path: string;
  readonly isBroken: (settings: Settings) => boolean;
  readonly what: string;
}

const RULES: readonly Rule[] = [
  {
    path: "storage",
    isBroken: ({ storage }) => storage.filesystem === null && storage.inmemory === null,
    what: "no storage driver; add the section storage.filesystem with its rootdirectory",
  },
  {
    path: "http.addr",
    isBroken: ({ http }) => http.addr === null,
    what: "missing; expected HOST:PORT, for example :5000; or pass --addr",
  },
  {
    path: "http.addr",
    isBroken: ({ http }) => http.addr !== null && ("path" in http.addr) !== (http.net === "unix"),
    what: "expected HOST:PORT with http.net: tcp, and an absolute path with http.net: unix",
  },
  {
    path: "http.debug.prometheus.path",
    isBroken: ({ http }) => !/^\/[^\s?#]*$/.test(http.debug.prometheus.path),
    what: "expected a path that begins with /, such as /metrics",
  },
  {
    path: "http.headers",
    isBroken: ({ http }) =>
      Object.entries(http.headers).some(([name, values]) => !isHeader(name, values)),
    what: "a name or value cannot be sent; names are tokens such as X-Name, values have one line",
  },
  {
    path: "http.tls.certificate",
    isBroken: ({ http }) => (http.tls.certificate === null) !== (http.tls.key === null),
    what: "http.tls.certificate and http.tls.key belong together; give both",
  },
  {
    path: "http.tls.certificate",
    isBroken: ({ http }) => http.tls.certificate !== null && http.net === "unix",
    what: "TLS is not spoken on a unix socket; take it out, or use http.net: tcp",
  },
  {
    path: "http.tls.clientcas",
    isBroken: ({ http: { tls } }) => tls.clientcas.length > 0 && tls.certificate === null,
    what: "nobody is asked for a certificate without http.tls.certificate and http.tls.key",
  },
  {
    path: "auth.token",
    isBroken: ({ auth: { token } }) =>
      token !== null && token.rootcertbundle === null && token.jwks === null,
    what: "nothing to check tokens with; give rootcertbundle or jwks",
  },
  {
    path: "access",
    isBroken: ({ access, auth }) => access !== null && (auth.token ?? auth.silly) !== null,
    what: "rules have no say with auth.token and auth.silly; take them out, or use auth.htpasswd",
  },
  {
    path: "auth.issuer",
    isBroken: ({ auth: { issuer, htpasswd } }) =>
      issuer.enabled && (issuer.keys === null || htpasswd === null),
    what: "tokens need auth.htpasswd for the users, and auth.issuer.keys for the keys",
  },
  {
    path: "auth.issuer.lifetime",
    isBroken: ({ auth: { issuer } }) =>
      issuer.lifetime < TOKEN_LIFE_MS_MIN || issuer.lifetime > TOKEN_LIFE_MS_MAX,
    what: "expected 1m to 24h; clients take a minute for granted, and a token cannot be withdrawn",
  },
  {
    path: "notifications.endpoints",
    isBroken: ({ notifications }) => notifications.endpoints.some(({ name }) => !isUsable(name)),
    what: "a name is too long; it is the name of a directory",
  },
  {
    path: "notifications.endpoints",
    isBroken: ({ notifications }) =>
      notifications.endpoints.filter(({ disabled }) => !disabled).some(({ name }, index, all) =>
        all.findIndex((other) => other.name === name) !== index
      ),
    what: "two listeners have the same name, under which it is remembered what they have had",
  },
  {
    path: "notifications.endpoints",
    isBroken: ({ notifications }) =>
      notifications.endpoints.some(({ headers }) =>
        Object.entries(headers).some(([name, values]) => !isHeader(name, values))
      ),
    what: "a header cannot be sent; names are tokens such as X-Name, values have one line",
  },
  {
    path: "gc.interval",
    isBroken: ({ gc, storage }) => gc.interval > 0 && storage.inmemory !== null,
    what: "memory cannot be collected in the background; use storage.filesystem",
  },
];

/** A name that is missing is told of by itself. */
function isUsable(endpoint: string | null): boolean {
  return endpoint === null || endpoint === "" || endpointIdOf(endpoint) !== null;
}

/** What is wrong with settings that are each right. */
export function checkRules(
  settings: Settings,
  sources: ReadonlyMap<string, string>,
  file: string,
): readonly Remark[] {
  return RULES.filter(({ isBroken }) => isBroken(settings)).map(({ path, what }) => ({
    from: sources.get(path) ?? file,
    path,
    what,
  }));
}

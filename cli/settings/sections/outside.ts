/**
 * Settings of what is around the registry: other registries, caches, checks and listeners.
 *
 * @module
 */

import { EVENTS_SPOOL_BYTES_MAX } from "../../../storage/limits.ts";
import {
  anything,
  count,
  duration,
  hostPort,
  integer,
  number,
  path,
  text,
  toggle,
  url,
} from "../kinds.ts";
import { ignored, list, map, optional, refused, required, row, section } from "../nodes.ts";
import { MIDDLEWARE_OPTIONS } from "./storage.ts";

const HEADERS = map("sent with it", list("its values", required(text, "a value")), {
  isSecret: true,
});

const ENDPOINT = section("one listener", {
  name: required(text, "its name, under which it is remembered what it has had"),
  disabled: row(toggle, "false", "whether it is off, and nothing is kept for it"),
  url: required(url, "where events are posted"),
  headers: HEADERS,
  timeout: row(duration, "1s", "longest request"),
  threshold: row(number, "10", "failures in a row before pauses"),
  backoff: row(duration, "1s", "the first pause; each further one is twice as long, up to 1m"),
  ignoredmediatypes: list("types of content not told of", required(text, "a type")),
  ignore: section("What is not told of.", {
    mediatypes: list("types of content", required(text, "a type")),
    actions: list("any of pull, push, mount and delete", required(text, "an action")),
  }),
  secret: row(text, null, "key of the signature in `X-Berth-Signature`; no signature without", {
    isSecret: true,
  }),
  batch: row(count, "1", "most events of one request, as distribution's listeners expect"),
});

export const NOTIFICATIONS = section("Telling others of pushes, pulls and removals.", {
  events: section("What events say.", {
    includereferences: row(
      toggle,
      "false",
      "whether those of manifests list what these name",
    ),
  }, { variable: "EVENTCONFIG" }),
  endpoints: list("listeners", ENDPOINT),
  spool: section("Events that wait for listeners, on disk beside the store.", {
    maxbytes: row(
      count,
      `${EVENTS_SPOOL_BYTES_MAX}`,
      "size from which writes are turned down with 503",
    ),
  }),
});

export const HEALTH = section(
  "Checks of what the registry stands on. While one fails, the API answers 503.",
  {
    storagedriver: section("Of the store.", {
      enabled: row(toggle, "false", "whether to"),
      interval: row(duration, "10s", "how often"),
      threshold: row(number, "0", "failures in a row before it counts"),
    }),
    file: list(
      "files that mean illness while they exist",
      section("one file", {
        file: required(path, "the file"),
        interval: row(duration, "10s", "how often"),
        threshold: row(number, "0", "not used, as in distribution"),
      }),
      { variable: "FILECHECKERS" },
    ),
    http: list(
      "URLs that have to answer",
      section("one URL", {
        uri: required(url, "the URL"),
        headers: HEADERS,
        statuscode: row(count, "200", "status that it has to answer with"),
        timeout: row(duration, "0s", "longest request"),
        interval: row(duration, "10s", "how often"),
        threshold: row(number, "0", "failures in a row before it counts"),
      }),
      { variable: "HTTPCHECKERS" },
    ),
    tcp: list(
      "addresses that have to take connections",
      section("one address", {
        addr: required(hostPort, "host and port"),
        timeout: row(duration, "0s", "longest attempt"),
        interval: row(duration, "10s", "how often"),
        threshold: row(number, "0", "failures in a row before it counts"),
      }),
      { variable: "TCPCHECKERS" },
    ),
  },
);

export const PROXY = section("Serving what another registry has.", {
  remoteurl: row(url, null, "the other registry"),
  username: row(text, null, "name there"),
  password: row(text, null, "password there", { isSecret: true }),
  exec: optional("A program that knows the name and password.", {
    command: required(text, "the program"),
    lifetime: row(duration, null, "how long its answer holds"),
  }),
  ttl: row(duration, "168h", "how long content is kept; 0 for ever"),
  cachewritetimeout: row(duration, "5m", "longest time to store what was fetched"),
}, refused("mirroring is not served; keep distribution for it, or copy images with skopeo sync"));

const MIDDLEWARE = refused("take it out; it is a part of distribution");

export const MIDDLEWARES = section("Parts of distribution that change what it does.", {
  registry: list("around the registry", section("one part", MIDDLEWARE_OPTIONS), MIDDLEWARE),
  repository: list("around repositories", section("one part", MIDDLEWARE_OPTIONS), MIDDLEWARE),
  storage: list("around the store", section("one part", MIDDLEWARE_OPTIONS), MIDDLEWARE),
}, { isOpen: true });

export const REDIS = section("A cache outside of the process.", {
  addrs: list("hosts and ports", required(text, "host and port")),
  addr: row(text, null, "host and port, in distribution 2"),
  pool: section("Connections, in distribution 2.", {
    maxidle: row(number, null, "most idle ones"),
    maxactive: row(number, null, "most active ones"),
    idletimeout: row(duration, null, "how long one may be idle"),
  }),
  clientname: row(text, null, "name of the connection"),
  db: row(integer, "0", "number of the database"),
  protocol: row(integer, null, "version of the protocol"),
  username: row(text, null, "name"),
  password: row(text, null, "password", { isSecret: true }),
  sentinelusername: row(text, null, "name at the sentinels"),
  sentinelpassword: row(text, null, "password at the sentinels", { isSecret: true }),
  maxretries: row(integer, null, "most retries"),
  minretrybackoff: row(duration, null, "least time between them"),
  maxretrybackoff: row(duration, null, "most time between them"),
  dialtimeout: row(duration, null, "longest attempt to connect"),
  readtimeout: row(duration, null, "longest read"),
  writetimeout: row(duration, null, "longest write"),
  contexttimeoutenabled: row(toggle, "false", "whether deadlines of requests hold"),
  poolfifo: row(toggle, "false", "whether the oldest connection is taken first"),
  poolsize: row(number, null, "connections"),
  pooltimeout: row(duration, null, "longest wait for one"),
  minidleconns: row(number, null, "least idle ones"),
  maxidleconns: row(number, null, "most idle ones"),
  maxactiveconns: row(number, null, "most active ones"),
  connmaxidletime: row(duration, null, "how long one may be idle"),
  connmaxlifetime: row(duration, null, "how long one may live"),
  maxredirects: row(integer, null, "most redirects in a cluster"),
  readonly: row(toggle, "false", "whether replicas may answer"),
  routebylatency: row(toggle, "false", "whether the nearest answers"),
  routerandomly: row(toggle, "false", "whether any answers"),
  mastername: row(text, null, "name of the master at the sentinels"),
  disableidentity: row(toggle, "false", "whether the library does not name itself"),
  identitysuffix: row(text, null, "end of that name"),
  unstableresp3: row(toggle, "false", "whether to use unstable parts of RESP3"),
  tls: section("TLS to it.", {
    certificate: row(path, null, "PEM file of the client's certificate"),
    key: row(path, null, "PEM file of its key"),
    rootcas: list("PEM files of authorities", required(path, "a file")),
    enabled: row(anything, null, "in distribution's documentation, not in its code"),
  }),
}, {
  inlined: "OPTIONS",
  ...ignored("berth keeps what it needs in its own memory, and asks no Redis"),
});

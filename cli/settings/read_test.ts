import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SettingsError } from "./problems.ts";
import { readSettings } from "./read.ts";
import { examine, unreadable, withConfig } from "./settings_kit.ts";

const LEAST = `version: 0.1
storage:
  filesystem:
http:
  addr: :5000
`;

function readBare(environment: Record<string, string> = {}): ReturnType<typeof readSettings> {
  return readSettings({ path: null, environment, flags: new Map() });
}

Deno.test("readSettings() has berth's defaults without a file", () => {
  const { settings, path, notices } = readBare();
  assertEquals([path, notices], [null, []]);
  assertEquals(settings.storage.filesystem?.rootdirectory, "./data");
  assertEquals(settings.http.addr, { host: "127.0.0.1", port: 5000 });
  assertEquals(settings.storage.delete.enabled, true);
  assertEquals(settings.http.draintimeout, 30_000);
  assertEquals(settings.gc, { interval: 0, deleteuntagged: false, minage: 3_600_000 });
  assert(settings.http.workers >= 1);
});

Deno.test("readSettings() has distribution's defaults with a file", () => {
  const { settings, problems, notices } = examine(LEAST);
  assertEquals([problems, notices], [[], []]);
  assertEquals(settings.storage.filesystem?.rootdirectory, "/var/lib/registry");
  assertEquals(settings.storage.delete.enabled, false);
  assertEquals(settings.storage.maintenance.uploadpurging, {
    enabled: true,
    age: 604_800_000,
    interval: 86_400_000,
    dryrun: false,
  });
  assertEquals([settings.catalog.maxentries, settings.tags.maxtags], [1000, 1000]);
});

Deno.test("readSettings() takes variables over the file, and flags over both", () => {
  const flags = new Map([
    ["storage.filesystem.rootdirectory", { value: "/flag", from: "--root" }],
    ["storage.maintenance.readonly.enabled", { value: true as const, from: "--read-only" }],
  ]);
  const yaml = "version: 0.1\nstorage: filesystem\nhttp: {addr: :1, workers: 3}\n";
  const environment = {
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/variable",
    REGISTRY_HTTP_ADDR: ":2",
  };
  const { settings, sources, problems } = examine(yaml, { environment, flags });
  assertEquals(problems, []);
  assertEquals(settings.storage.filesystem?.rootdirectory, "/flag");
  assertEquals(settings.storage.maintenance.readonly.enabled, true);
  assertEquals([settings.http.addr, settings.http.workers], [{ host: "", port: 2 }, 3]);
  assertEquals(sources.get("storage.filesystem.rootdirectory"), "--root");
  assertEquals(sources.get("http.addr"), "REGISTRY_HTTP_ADDR");
  assertStringIncludes(sources.get("http.workers") ?? "", ".yml:3");
  assertEquals(sources.get("storage.delete.enabled"), undefined);
});

Deno.test("readSettings() reads the file that REGISTRY_CONFIGURATION_PATH names", () => {
  withConfig(LEAST, (path) => {
    const read = readBare({ REGISTRY_CONFIGURATION_PATH: path });
    assertEquals(read.path, path);
    assertEquals(read.settings.storage.delete.enabled, false);
  });
  assertEquals(readBare({ REGISTRY_CONFIGURATION_PATH: "" }).path, null);
});

Deno.test("readSettings() takes 0 and less for the defaults where distribution does", () => {
  const { settings } = examine(`${LEAST}catalog: {maxentries: -5}\ntags: {maxtags: 0}\n`);
  assertEquals([settings.catalog.maxentries, settings.tags.maxtags], [1000, 1000]);
  assertEquals(examine(`${LEAST}tags: {maxtags: -1}\n`).problems, [
    'config.yml:6: tags.maxtags: cannot use "-1"; expected a whole number from 0',
  ]);
});

Deno.test("readSettings() freezes what it reads, and it can be posted", () => {
  const { settings } = readBare();
  assert(Object.isFrozen(settings) && Object.isFrozen(settings.http.tls.clientcas));
  assertEquals(structuredClone(settings), settings);
  assertEquals(JSON.parse(JSON.stringify(settings)), settings);
});

Deno.test("readSettings() takes one worker for a store in memory, and does not collect it", () => {
  const environment = { REGISTRY_STORAGE: "inmemory", REGISTRY_HTTP_WORKERS: "4" };
  assertEquals(readBare(environment).settings.http.workers, 1);
  const error = assertThrows(
    () => readBare({ ...environment, REGISTRY_GC_INTERVAL: "1h" }),
    SettingsError,
  );
  assertStringIncludes(error.message, "REGISTRY_GC_INTERVAL: gc.interval: memory cannot be");
});

Deno.test("readSettings() reports everything that is wrong, in the order of the file", () => {
  const yaml = `version: 0.1
storage:
  filesystm:
    rootdirectory: /srv
http:
  adr: :5000
  draintimeout: soon
  headers: nosniff
  tls:
    - a
    - b
health:
  http:
    - timeout: 3s
    - uri: ftp://example.com
rootdirectory: /srv
zzzzzzzz: 1
`;
  const error = assertThrows(
    () => withConfig(yaml, (path) => readSettings({ path, environment: {}, flags: new Map() })),
    SettingsError,
  );
  const lines = error.message.replace(/^\S+\.yml/gm, "config.yml").split("\n");
  assertEquals(lines, [
    "config.yml:3: storage.filesystm: unknown key; did you mean storage.filesystem?",
    "config.yml:6: http.adr: unknown key; did you mean http.addr?",
    'config.yml:7: http.draintimeout: cannot use "soon"; expected a duration with its unit, such as 90s, 15m, 1h30m or 7d',
    "config.yml:8: http.headers: expected a section, with a key on each line below it",
    "config.yml:9: http.tls: expected a section, with a key on each line below it",
    "config.yml:14: health.http[0].uri: missing; expected a URL that begins with http:// or https://",
    'config.yml:15: health.http[1].uri: cannot use "ftp://example.com"; expected a URL that begins with http:// or https://',
    "config.yml:16: rootdirectory: unknown key; did you mean storage.filesystem.rootdirectory?",
    "config.yml:17: zzzzzzzz: unknown key",
  ]);
});

Deno.test("readSettings() wants a version, one driver and an address of a file", () => {
  assertEquals(examine("storage: filesystem\nhttp: {addr: :1}\n").problems, [
    "config.yml: version: missing; expected 0.1, the only version there is",
  ]);
  assertEquals(examine("version: 0.1\nlog: {level: info}\n").problems, [
    "config.yml: storage: no storage driver; add the section storage.filesystem with its rootdirectory",
    "config.yml: http.addr: missing; expected HOST:PORT, for example :5000; or pass --addr",
  ]);
  const two = `${LEAST.replace("  filesystem:", "  filesystem: {}\n  inmemory: {}")}`;
  assertEquals(examine(two).problems, [
    "config.yml:4: storage.inmemory: a second storage driver, beside storage.filesystem (config.yml:3); keep one",
  ]);
});

Deno.test("readSettings() wants an address of the kind that http.net names", () => {
  const yaml = LEAST.replace(":5000", "/run/berth.sock");
  assertEquals(examine(yaml).problems, [
    "config.yml:5: http.addr: expected HOST:PORT with http.net: tcp, and an absolute path with http.net: unix",
  ]);
});

Deno.test("readSettings() passes over no TLS that it cannot speak", () => {
  const problemsOf = (http: string): readonly string[] => {
    const yaml = `version: 0.1\nstorage: inmemory\nhttp: {${http}}\n`;
    return examine(yaml).problems.map((line) => line.replace(/^[^ ]* ([^:]*): .*/, "$1"));
  };
  const files = "certificate: /a.pem, key: /a.key";
  assertEquals(problemsOf(`addr: :1, tls: {${files}, clientcas: [/ca.pem]}`), []);
  assertEquals(problemsOf(`net: unix, addr: /a.sock, tls: {${files}}`), ["http.tls.certificate"]);
  assertEquals(problemsOf("addr: :1, tls: {clientcas: [/ca.pem]}"), ["http.tls.clientcas"]);
  assertEquals(problemsOf("addr: :1, tls: {key: /a.key}"), ["http.tls.certificate"]);
});

Deno.test("readSettings() wants a path and a life for tokens that clients can use", () => {
  const problemsOf = (issuer: string): readonly string[] =>
    examine(`${LEAST}auth:
  htpasswd: {realm: r, path: /etc/htpasswd}
  issuer: {enabled: true, keys: /keys.json, ${issuer}}
`).problems.map((line) => line.replace(/^config.yml:8: ([^:]*): .*/, "$1"));
  assertEquals(problemsOf("path: /auth/token, lifetime: 1m"), []);
  for (const path of ["token", "/", "/v2", "/v2/token", "/a?b", "/<name>"]) {
    assertEquals(problemsOf(`path: "${path}"`), ["auth.issuer.path"], path);
  }
  for (const lifetime of ["59s", "0", "25h"]) {
    assertEquals(problemsOf(`lifetime: ${lifetime}`), ["auth.issuer.lifetime"], lifetime);
  }
});

Deno.test("readSettings() names what berth does not serve, with its line", () => {
  const yaml = `${LEAST}proxy:
  remoteurl: https://registry.example.com
redis:
  addrs: [localhost:6379]
middleware:
  storage:
    - name: cloudfront
`;
  const { problems, notices } = examine(yaml);
  assert(notices.some((line) => line.startsWith("config.yml:8: redis: not needed")));
  assertEquals(problems.map((line) => line.replace(/;.*/, "")), [
    "config.yml:6: proxy: not served",
    "config.yml:11: middleware.storage: not served",
  ]);
});

Deno.test("readSettings() goes on without what can be missed, and says so", () => {
  const yaml = `${LEAST}  secret: hush
log:
  fields: {service: registry}
  formatter: json
loglevel: debug
`;
  const { problems, notices } = examine(yaml);
  assertEquals(problems, []);
  assertEquals(notices, [
    "config.yml:6: http.secret: not needed; the state of an upload is in the store",
    "config.yml:10: loglevel: not needed; say log.level",
  ]);
});

Deno.test("readSettings() says nothing of what is off, or as it would be anyway", () => {
  const yaml = `${LEAST}  h2c: {enabled: false}
  http2: {disabled: false}
  net: tcp
  tls: {minimumtls: tls1.2, letsencrypt: {email: ""}}
  debug: {prometheus: {enabled: false, path: /figures}}
log: {level: info, hooks: [{type: mail, disabled: true}], accesslog: {disabled: false}}
health: {storagedriver: {enabled: false, threshold: 3}}
middleware: {storage: [{name: cloudfront, disabled: true}]}
notifications: {endpoints: [{name: a, url: http://a.example, disabled: true}]}
proxy: {remoteurl: ""}
redis:
`;
  const { problems, notices } = examine(yaml);
  assertEquals(problems, []);
  assertEquals(notices, []);
});

Deno.test("readSettings() takes no word in quotes for true or false", () => {
  assertEquals(
    examine(
      'version: 0.1\nstorage:\n  filesystem:\n  delete:\n    enabled: "true"\nhttp: {addr: :1}\n',
    )
      .problems,
    [
      'config.yml:5: storage.delete.enabled: cannot use "true"; expected true or false, without quotes',
    ],
  );
});

Deno.test("readSettings() shows no secret that it cannot use", () => {
  const { problems } = examine(`${LEAST}proxy:\n  password: [hush]\n  remoteurl: x://me:hush@a\n`);
  assert(problems.length >= 2);
  assert(!problems.join().includes("hush"), problems.join("\n"));
});

Deno.test("readSettings() names the line of what is no YAML", () => {
  assertEquals(
    unreadable("a: {}\nb:\n  c: 1\nb:\n  d: 1\n"),
    "config.yml:4: b: given a second time, after line 2; keep one",
  );
  assertEquals(
    unreadable("a: 1\nb: {c: 1, c: 2}\n"),
    "config.yml:2: Cannot store mapping pair: duplicated key",
  );
  assertStringIncludes(unreadable("a: [1\nb: 2\n"), "config.yml:2: ");
  assertStringIncludes(unreadable("version: 0.1\n---\nversion: 0.1\n"), "more than 1 document");
  for (const yaml of ["", "# nothing\n", "text", "- a\n"]) {
    assertStringIncludes(unreadable(yaml), "config.yml: expected a section");
  }
});

Deno.test("readSettings() does not follow an anchor that holds itself", () => {
  assertEquals(unreadable("a: &a\n  b: *a\n"), "config.yml: it is nested too deeply");
});

Deno.test("readSettings() reads anchors and merged sections", () => {
  const yaml = `version: 0.1
x: &x {addr: ":5000"}
`;
  assertStringIncludes(examine(yaml).problems.join(), "x: unknown key");
  const merged = `version: 0.1
storage: {filesystem: &root {rootdirectory: 0755}}
http: {<<: {draintimeout: 5s}, addr: ":5000"}
`;
  const { settings, problems } = examine(merged);
  assertEquals(problems, []);
  assertEquals(settings.storage.filesystem?.rootdirectory, "0755");
  assertEquals(settings.http.draintimeout, 5_000);
});

Deno.test("readSettings() says that there is no such file", () => {
  const path = "/nowhere/to/be/found.yml";
  const error = assertThrows(
    () => readSettings({ path, environment: {}, flags: new Map() }),
    SettingsError,
  );
  assertEquals(error.message, `${path}: there is no such file; pass the path of a configuration`);
});

Deno.test("readSettings() can leave aside what is wrong elsewhere", () => {
  withConfig(`${LEAST}proxy: {remoteurl: https://a.example}\nodd: 1\n`, (path) => {
    const read = readSettings({ path, environment: {}, flags: new Map(), scope: "storage" });
    assertEquals(read.settings.storage.filesystem?.rootdirectory, "/var/lib/registry");
  });
});

/**
 * What distribution tests of its configuration (`configuration/configuration_test.go`, `parser_test.go`), asked of
 * berth. Its cases invent a storage driver; these take S3 for it, which berth reads and does not serve. Its two cases of
 * inlined structs are one here.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { printSettings } from "./print.ts";
import { variableNames } from "./environment.ts";
import { examine, type Examined } from "./settings_kit.ts";
import { TABLE } from "./table.ts";

const CONFIG = `
version: 0.1
log:
  level: info
  fields: {environment: trial}
storage:
  s3:
    region: eu-central-1
    bucket: images
    encrypt: true
    secure: false
    keyid: ~
    chunksize: 42
    regionendpoint: "https://s3.example.com"
    rootdirectory: /below
  tag: {concurrencylimit: 10}
auth:
  silly: {realm: a-realm, service: a-service}
notifications:
  endpoints:
    - name: first
      url: http://listener.example.com
      headers:
        Authorization: [Bearer of-bad-news]
      ignoredmediatypes: [application/octet-stream]
      ignore:
        mediatypes: [application/octet-stream]
        actions: [pull]
tags: {maxtags: 1000}
http:
  addr: :5000
  tls:
    certificate: /etc/berth.pem
    key: /etc/berth.key
    clientcas: [/etc/ca.pem]
    clientauth: verify-client-cert-if-given
  headers:
    X-Content-Type-Options: [nosniff]
redis:
  tls: {certificate: /etc/redis.crt, key: /etc/redis.key, rootcas: [/etc/redis-ca.pem]}
  addrs: ["localhost:6379"]
  username: alice
  password: 0123
  db: 1
  maxidleconns: 16
  poolsize: 64
  connmaxidletime: 300s
  dialtimeout: 10ms
validation:
  manifests:
    indexes: {platforms: none}
`;

function withVariables(environment: Record<string, string>, yaml = CONFIG): Examined {
  return examine(yaml, { environment });
}

/** What is wrong, but for what berth does not serve. */
function faults({ problems }: Examined): readonly string[] {
  return problems.filter((line) => !/: not served; /.test(line));
}

Deno.test("a configuration that is printed is the same configuration", () => {
  const yaml = `
version: 0.1
storage: {filesystem: {rootdirectory: /srv, maxthreads: 50}, delete: {enabled: true}}
http: {addr: "[::1]:0", headers: {X-A: [b, "c: d"], "1": ["yes"]}, draintimeout: 1m30s}
log: {fields: {a: 1, b: "0123", c: [x]}}
notifications: {endpoints: [{name: n, url: "http://a.example", timeout: 500ms}]}
health: {file: [{file: /a}, {file: "/b # c"}]}
`;
  const read = examine(yaml);
  assertEquals(read.problems, []);
  const printed = printSettings({ ...read, notices: [] });
  const again = examine(printed);
  assertEquals(again.problems, []);
  assertEquals(again.settings, read.settings);
});

Deno.test("a configuration is read whole", () => {
  const read = withVariables({});
  assertEquals(faults(read), []);
  const { settings } = read;
  assertEquals(settings.log.fields, { environment: "trial" });
  assertEquals(settings.storage.s3?.region, "eu-central-1");
  assertEquals([settings.storage.s3?.encrypt, settings.storage.s3?.secure], [true, false]);
  assertEquals([settings.storage.s3?.keyid, settings.storage.s3?.chunksize], [null, 42]);
  assertEquals(settings.storage.tag.concurrencylimit, 10);
  assertEquals(settings.auth.silly, { realm: "a-realm", service: "a-service" });
  const [endpoint] = settings.notifications.endpoints;
  assertEquals(endpoint?.headers, { Authorization: ["Bearer of-bad-news"] });
  assertEquals(endpoint?.ignore.actions, ["pull"]);
  assertEquals(settings.http.headers, { "X-Content-Type-Options": ["nosniff"] });
  assertEquals(settings.http.tls.clientauth, "verify-client-cert-if-given");
  assertEquals(settings.redis.connmaxidletime, 300_000);
  assertEquals(settings.redis.password, "0123");
  assertEquals(settings.validation.manifests.indexes.platforms, "none");
});

Deno.test("a storage driver can be named by a text", () => {
  const { settings, problems } = examine("version: 0.1\nstorage: inmemory\nhttp: {addr: :0}\n");
  assertEquals(problems, []);
  assertEquals([settings.storage.inmemory, settings.storage.filesystem], [{}, null]);
});

Deno.test("what a file leaves out can come from variables", () => {
  const yaml = "version: 0.1\n";
  assert(examine(yaml).problems.length > 0);
  const read = withVariables({
    REGISTRY_STORAGE: "filesystem",
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/srv/registry",
    REGISTRY_AUTH: "silly",
    REGISTRY_AUTH_SILLY_REALM: "silly",
    REGISTRY_AUTH_SILLY_SERVICE: "silly",
    REGISTRY_HTTP_ADDR: ":5000",
  }, yaml);
  assertEquals(faults(read), []);
  assertEquals(read.settings.storage.filesystem?.rootdirectory, "/srv/registry");
  assertEquals(read.settings.auth.silly?.realm, "silly");
});

Deno.test("a variable that names the storage driver of the file takes its parameters away", () => {
  const { settings } = withVariables({
    REGISTRY_STORAGE: "s3",
    REGISTRY_STORAGE_S3_REGION: "us-east-1",
  });
  assertEquals([settings.storage.s3?.region, settings.storage.s3?.bucket], ["us-east-1", null]);
  assertEquals(settings.storage.tag.concurrencylimit, null);
});

Deno.test("variables change parameters of the storage driver, and add to them", () => {
  const { settings } = withVariables({
    REGISTRY_STORAGE_S3_REGION: "us-west-1",
    REGISTRY_STORAGE_S3_SECURE: "true",
    REGISTRY_STORAGE_S3_STORAGECLASS: "NONE",
  });
  const s3 = settings.storage.s3;
  assertEquals([s3?.region, s3?.secure, s3?.storageclass, s3?.bucket], [
    "us-west-1",
    true,
    "NONE",
    "images",
  ]);
});

Deno.test("a variable replaces the storage driver", () => {
  const { settings } = withVariables({ REGISTRY_STORAGE: "inmemory" });
  assertEquals([settings.storage.inmemory, settings.storage.s3], [{}, null]);
});

Deno.test("variables replace the storage driver and give its parameters", () => {
  const { settings } = withVariables({
    REGISTRY_STORAGE: "filesystem",
    REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: "/srv/registry",
  });
  assertEquals([settings.storage.filesystem?.rootdirectory, settings.storage.s3], [
    "/srv/registry",
    null,
  ]);
});

Deno.test("the old name of the log level changes nothing when it says the same", () => {
  assertEquals(withVariables({ REGISTRY_LOGLEVEL: "info" }).settings.log.level, "info");
  const yaml = "version: 0.1\nloglevel: Debug\nstorage: inmemory\n";
  assertEquals(examine(yaml).settings.log.level, "debug");
});

Deno.test("a variable sets the log level", () => {
  assertEquals(withVariables({ REGISTRY_LOG_LEVEL: "error" }).settings.log.level, "error");
});

Deno.test("a log level that is none is refused, in the file and in a variable", () => {
  const yaml = "version: 0.1\nloglevel: derp\nstorage: inmemory\n";
  assertEquals(faults(examine(yaml))[0], LEVEL_FAULT.replace("FROM", "config.yml:2"));
  assertEquals(faults(withVariables({ REGISTRY_LOGLEVEL: "derp" })), [
    LEVEL_FAULT.replace("FROM", "REGISTRY_LOGLEVEL"),
  ]);
});

const LEVEL_FAULT = 'FROM: loglevel: cannot use "derp"; expected one of error, warn, info, debug';

Deno.test("another version is refused", () => {
  assertEquals(faults(examine(CONFIG.replace("version: 0.1", "version: 0.2"))), [
    'config.yml:2: version: cannot use "0.2"; expected 0.1, the only version there is',
  ]);
});

Deno.test("variables that name no setting are left out", () => {
  const read = withVariables({ REGISTRY_DUCKS: "quack", REGISTRY_REPORTING_ASDF: "ghjk" });
  assertEquals(read.settings, withVariables({}).settings);
  assertEquals(faults(read), []);
  assert(read.notices.some((line) => line.startsWith("REGISTRY_DUCKS: left out")));
  assert(read.notices.some((line) => line.startsWith("REGISTRY_REPORTING_ASDF: left out")));
});

Deno.test("a variable sets what is in sections that the file does not have", () => {
  const { settings } = withVariables({ REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: "true" });
  assertEquals(settings.storage.maintenance.readonly.enabled, true);
  assertEquals(settings.storage.s3?.bucket, "images");
});

Deno.test("a text in place of a storage driver's section is refused", () => {
  assertEquals(faults(withVariables({ REGISTRY_STORAGE_S3: "somestring" })), [
    "REGISTRY_STORAGE_S3: storage.s3: expected a section, with a key on each line below it",
  ]);
});

Deno.test("a variable that makes up a second storage driver is refused", () => {
  const [fault = ""] = faults(withVariables({ REGISTRY_STORAGE_LOG: "somestring" }));
  assertStringIncludes(fault, "REGISTRY_STORAGE_LOG: storage.log: unknown key");
});

Deno.test("a text in place of a list is refused", () => {
  assertEquals(faults(withVariables({ REGISTRY_LOG_HOOKS: "somestring" })), [
    "REGISTRY_LOG_HOOKS: log.hooks: expected a list, with a dash before each item",
  ]);
});

Deno.test("many variables at a time are applied in the order of their names", () => {
  const { settings, notices } = withVariables({
    REGISTRY_VERSION: "0.1",
    REGISTRY_LOG_LEVEL: "debug",
    REGISTRY_LOG_FORMATTER: "json",
    REGISTRY_LOG_FIELDS: "abc: xyz",
    REGISTRY_LOG_HOOKS: "- type: asdf",
    REGISTRY_LOGLEVEL: "debug",
    REGISTRY_STORAGE: "s3",
    REGISTRY_AUTH_SILLY: "realm: value1",
    REGISTRY_AUTH_SILLY_SERVICE: "value2",
  });
  assertEquals([settings.log.level, settings.log.formatter], ["debug", "json"]);
  assertEquals([settings.log.fields, settings.log.hooks[0]?.type], [{ abc: "xyz" }, "asdf"]);
  assertEquals(settings.auth.silly, { realm: "value1", service: "value2" });
  assert(!notices.some((line) => line.includes("REGISTRY_VERSION")));
});

Deno.test("variables of Redis have its options with and without their old name", () => {
  const { settings } = withVariables({
    REGISTRY_REDIS_USERNAME: "bob",
    REGISTRY_REDIS_OPTIONS_PASSWORD: "0456",
  });
  assertEquals([settings.redis.username, settings.redis.password], ["bob", "0456"]);
  assertEquals(settings.redis.addrs, ["localhost:6379"]);
});

Deno.test("a variable overrides a value that the file has", () => {
  const yaml = CONFIG.replace("level: info", "formatter: text");
  const { settings } = withVariables({ REGISTRY_LOG_FORMATTER: "json" }, yaml);
  assertEquals([settings.log.formatter, settings.log.fields], ["json", { environment: "trial" }]);
});

Deno.test("variables change the items of a list by their index", () => {
  const yaml = CONFIG.replace(
    "endpoints:",
    "endpoints:\n    - {name: zero, url: http://zero.example}",
  );
  const { settings } = withVariables({
    REGISTRY_NOTIFICATIONS_ENDPOINTS_0_NAME: "foo",
    REGISTRY_NOTIFICATIONS_ENDPOINTS_1_NAME: "bar",
    REGISTRY_NOTIFICATIONS_ENDPOINTS_2: "{name: car, url: http://car.example}",
  }, yaml);
  assertEquals(settings.notifications.endpoints.map(({ name, url }) => [name, url]), [
    ["foo", "http://zero.example"],
    ["bar", "http://listener.example.com"],
    ["car", "http://car.example"],
  ]);
});

Deno.test("no two settings have the same variable", () => {
  const names = variableNames(TABLE, "REGISTRY_");
  assert(names.length > 150);
  assertEquals(new Set(names).size, names.length);
});

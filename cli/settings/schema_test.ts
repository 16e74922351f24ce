import { assert, assertEquals } from "@std/assert";
import { checkSchema } from "./schema_kit.ts";
import { settingsSchema } from "./schema.ts";

function check(value: unknown): readonly string[] {
  return checkSchema(settingsSchema(), value);
}

const LEAST = { version: 0.1, storage: { filesystem: null }, http: { addr: ":5000" } };

Deno.test("settingsSchema() is of draft 2020-12 and says what each key means", () => {
  const schema = settingsSchema();
  assertEquals(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assertEquals(schema.required, ["version"]);
  const text = JSON.stringify(schema);
  assert(text.includes('"description":"directory of the store; made if it is missing"'));
  assert(text.includes('"default":"168h"') && text.includes('"default":1000'));
});

Deno.test("settingsSchema() takes what berth takes", () => {
  const cases: readonly unknown[] = [
    LEAST,
    { ...LEAST, storage: "inmemory" },
    { ...LEAST, log: null, redis: { addrs: ["a:1"], dialtimeout: "10ms" } },
    { ...LEAST, http: { addr: ":1", draintimeout: 0, tls: { minimumtls: "TLS1.3" } } },
    { ...LEAST, log: { level: "Info", fields: { a: 1 } } },
    { ...LEAST, notifications: { endpoints: [{ name: "a", url: "http://a", backoff: "1h30m" }] } },
  ];
  for (const value of cases) assertEquals(check(value), [], JSON.stringify(value));
});

Deno.test("settingsSchema() refuses what berth refuses", () => {
  const cases: readonly unknown[] = [
    { storage: "inmemory" },
    { ...LEAST, version: 0.2 },
    { ...LEAST, odd: 1 },
    { ...LEAST, storage: "floppy" },
    { ...LEAST, storage: { filesystem: {}, inmemory: {} } },
    { ...LEAST, storage: { filesystem: { root: "/" } } },
    { ...LEAST, http: { addr: ":1", workers: 0 } },
    { ...LEAST, http: { addr: ":1", draintimeout: "soon" } },
    { ...LEAST, http: { addr: ":1", headers: { X: "y" } } },
    { ...LEAST, log: { level: "loud" } },
    { ...LEAST, log: { hooks: {} } },
    { ...LEAST, health: { tcp: [{ timeout: "3s" }] } },
  ];
  for (const value of cases) assert(check(value).length > 0, JSON.stringify(value));
});

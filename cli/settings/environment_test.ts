import { assertEquals } from "@std/assert";
import { applyEnvironment } from "./environment.ts";
import { remarkLine } from "./problems.ts";
import { plain } from "./settle.ts";
import { TABLE } from "./table.ts";
import { parseWritten } from "./written.ts";

interface Outcome {
  readonly value: unknown;
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

function apply(yaml: string, environment: Record<string, string>): Outcome {
  const written = parseWritten(yaml, () => "config.yml");
  if (written.node !== "map") throw new Error("The test needs a section");
  const { written: value, problems, notices } = applyEnvironment(TABLE, written, environment);
  return {
    value: plain(value),
    problems: problems.map(remarkLine),
    notices: notices.map(remarkLine),
  };
}

Deno.test("applyEnvironment() looks only at variables of the registry", () => {
  const environment = { PATH: "/bin", REGISTRY: "x", REGISTRY_CONFIGURATION_PATH: "/c.yml" };
  assertEquals(apply("a: 1", environment), { value: { a: 1 }, problems: [], notices: [] });
});

Deno.test("applyEnvironment() reads values as YAML", () => {
  const { value } = apply("{}", {
    REGISTRY_NOTIFICATIONS_ENDPOINTS: "[{name: a, url: http://a.example}]",
    REGISTRY_HTTP_HEADERS: "{X-A: [b]}",
    REGISTRY_STORAGE_DELETE_ENABLED: "true",
    REGISTRY_HTTP_ADDR: "",
  });
  assertEquals(value, {
    http: { addr: null, headers: { "X-A": ["b"] } },
    notifications: { endpoints: [{ name: "a", url: "http://a.example" }] },
    storage: { delete: { enabled: true } },
  });
});

Deno.test("applyEnvironment() sets items of lists, one behind the last too", () => {
  const yaml = "http: {tls: {clientcas: [a, b]}}";
  const { value, problems } = apply(yaml, {
    REGISTRY_HTTP_TLS_CLIENTCAS_0: "x",
    REGISTRY_HTTP_TLS_CLIENTCAS_2: "c",
  });
  assertEquals(problems, []);
  assertEquals(value, { http: { tls: { clientcas: ["x", "b", "c"] } } });
});

Deno.test("applyEnvironment() refuses indexes that leave a gap, and that are none", () => {
  const cases: readonly [string, string][] = [
    ["REGISTRY_HTTP_TLS_CLIENTCAS_1", "undefined index 1: the list has 0 items before it"],
    ["REGISTRY_HTTP_TLS_CLIENTCAS_X", '"X" is no index of a list'],
    ["REGISTRY_HTTP_TLS_CLIENTCAS_-1", '"-1" is no index of a list'],
  ];
  for (const [name, message] of cases) {
    assertEquals(apply("{}", { [name]: "a" }).problems, [`${name}: ${message}`]);
  }
});

Deno.test("applyEnvironment() makes keys of maps in small letters", () => {
  const yaml = "http: {headers: {X-One: [a]}}";
  assertEquals(apply(yaml, { REGISTRY_HTTP_HEADERS_X: "[b]" }).value, {
    http: { headers: { "X-One": ["a"], x: ["b"] } },
  });
  assertEquals(apply(yaml, { "REGISTRY_HTTP_HEADERS_X-ONE_1": "b" }).value, {
    http: { headers: { "X-One": ["a", "b"] } },
  });
  assertEquals(apply("{}", { REGISTRY_LOG_FIELDS_TEAM: "core" }).value, {
    log: { fields: { team: "core" } },
  });
});

Deno.test("applyEnvironment() takes distribution's names where they differ from the keys", () => {
  const { value, notices } = apply("{}", {
    REGISTRY_HEALTH_FILECHECKERS_0_FILE: "/down",
    REGISTRY_NOTIFICATIONS_EVENTCONFIG_INCLUDEREFERENCES: "true",
    REGISTRY_HEALTH_FILE: "[]",
  });
  assertEquals(value, {
    health: { file: [{ file: "/down" }] },
    notifications: { events: { includereferences: true } },
  });
  assertEquals(notices.length, 1);
});

Deno.test("applyEnvironment() leaves out what container platforms set, and hints at near names", () => {
  const { value, notices } = apply("version: 0.1", {
    REGISTRY_PORT: "tcp://10.0.0.1:5000",
    REGISTRY_SERVICE_HOST: "10.0.0.1",
    REGISTRY_HTTP_ADRR: ":5000",
    REGISTRY_HTTP_ADDR_PORT: "1",
    REGISTRY_VERSION: "0.2",
  });
  assertEquals(value, { version: 0.1 });
  assertEquals(notices, [
    "REGISTRY_HTTP_ADDR_PORT: left out, as it names something below a single value",
    "REGISTRY_HTTP_ADRR: left out, as it names no setting; did you mean REGISTRY_HTTP_ADDR?",
    "REGISTRY_PORT: left out, as it names no setting",
    "REGISTRY_SERVICE_HOST: left out, as it names no setting",
    "REGISTRY_VERSION: left out, as the version cannot be overridden",
  ]);
});

Deno.test("applyEnvironment() names the variable whose value is no YAML, and shows no value", () => {
  const { problems } = apply("{}", { REGISTRY_HTTP_HEADERS: "{X: [hush" });
  assertEquals(problems.length, 1);
  assertEquals(
    [problems[0]?.startsWith("REGISTRY_HTTP_HEADERS: "), problems[0]?.includes("hush")],
    [
      true,
      false,
    ],
  );
});

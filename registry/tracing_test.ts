import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { bothWatches, openTracing, type Span, type Telemetry, type Tracing } from "./tracing.ts";

/** Telemetry that writes down what it is told. */
function recorder(hasRequest = true): { telemetry: Telemetry; told: string[] } {
  const told: string[] = [];
  const spanOf = (name: string): Span => ({
    setAttribute: (key, value) => told.push(`${name} ${key}=${value}`),
    updateName: (text) => told.push(`${name} is ${text}`),
    recordException: (error) => told.push(`${name} fails: ${error}`),
    setStatus: ({ code }) => told.push(`${name} status ${code}`),
    end: () => told.push(`${name} ends`),
  });
  const telemetry: Telemetry = {
    tracerProvider: {
      getTracer: (library, version) => ({
        startSpan: (name, { attributes }) => {
          told.push(`${library} ${version} ${name} ${JSON.stringify(attributes)}`);
          return spanOf(name);
        },
      }),
    },
    contextManager: {
      active: () => ({ getValue: () => hasRequest ? spanOf("request") : undefined }),
    },
  };
  return { telemetry, told };
}

function open(telemetry: Telemetry): Tracing {
  const tracing = openTracing("inmemory", "1.2", telemetry);
  assert(tracing !== null);
  return tracing;
}

Deno.test("openTracing() is nothing where nobody asks for traces", () => {
  assertEquals(openTracing("inmemory", "1.2", null), null);
});

Deno.test("openTracing() makes a span of each action, which ends with it", async () => {
  const { telemetry, told } = recorder();
  const { watch } = open(telemetry);
  const value = {};
  const begins = 'berth 1.2 storage.Stat {"berth.storage.driver":"inmemory"}';
  assertStrictEquals(watch("Stat", () => value), value);
  assertEquals(told.splice(0), [begins, "storage.Stat ends"]);
  const late = Promise.withResolvers<number>();
  const pending = watch("Stat", () => late.promise);
  assertEquals(told.splice(0), [begins]);
  late.resolve(2);
  assertEquals(await pending, 2);
  assertEquals(told, ["storage.Stat ends"]);
});

Deno.test("openTracing() says in a span that its action failed", async () => {
  const { telemetry, told } = recorder();
  const { watch } = open(telemetry);
  const fail = (): never => {
    throw new Error("full");
  };
  assertThrows(() => watch("Move", fail), Error, "full");
  const failure = ["storage.Move fails: Error: full", "storage.Move status 2", "storage.Move ends"];
  assertEquals(told.splice(0).slice(1), failure);
  await assertRejects(() =>
    Promise.resolve(watch("Move", () => Promise.reject(new Error("full"))))
  );
  assertEquals(told.slice(1), failure);
});

Deno.test("openTracing() names the span of a request by its route, and says the repository", () => {
  const { telemetry, told } = recorder();
  open(telemetry).named("GET", "/v2/<name>/tags/list", "team/app", "id-1");
  open(telemetry).named("GET", "/v2/", "", "id-2");
  assertEquals(told, [
    "request is GET /v2/<name>/tags/list",
    "request http.route=/v2/<name>/tags/list",
    "request berth.request.id=id-1",
    "request berth.repository=team/app",
    "request is GET /v2/",
    "request http.route=/v2/",
    "request berth.request.id=id-2",
  ]);
});

Deno.test("openTracing() names nothing where there is no span", () => {
  const { telemetry, told } = recorder(false);
  open(telemetry).named("GET", "/v2/", "", "id");
  assertEquals(told, []);
});

Deno.test("bothWatches() puts the one around the other", () => {
  const seen: string[] = [];
  const both = bothWatches(
    (_, act) => {
      seen.push("outer");
      return act();
    },
    (_, act) => {
      seen.push("inner");
      return act();
    },
  );
  assertEquals(both("Stat", () => "result"), "result");
  assertEquals(seen, ["outer", "inner"]);
});

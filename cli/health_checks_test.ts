import { assertEquals, assertRejects } from "@std/assert";
import type { HealthCheck } from "./health.ts";
import { healthChecks } from "./health_checks.ts";
import { readSettings } from "./settings/read.ts";

const { signal } = new AbortController();

/** The checks of variables, such as `HEALTH_FILE`. */
function checksOf(variables: Readonly<Record<string, string>>): readonly HealthCheck[] {
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`REGISTRY_${name}`, value]),
  );
  const { settings } = readSettings({ path: null, environment, flags: new Map() });
  return healthChecks(settings);
}

function checkOf(variables: Readonly<Record<string, string>>): HealthCheck {
  const [check, ...others] = checksOf(variables);
  assertEquals(others, []);
  if (check === undefined) throw new Error("There is no check");
  return check;
}

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "berth_health_" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("healthChecks() are none unless they are asked for", () => {
  assertEquals(checksOf({}), []);
  assertEquals(checksOf({ HEALTH_STORAGEDRIVER_ENABLED: "false" }), []);
});

Deno.test("healthChecks() have the names, intervals and thresholds of distribution", () => {
  const file = "[{file: /down, threshold: 5}]";
  const http = "[{uri: 'http://u:p@h/x', interval: 3s, timeout: 2s, threshold: 4}]";
  const tcp = "[{addr: 'h:1', interval: 0s}]";
  const checks = checksOf({
    HEALTH_STORAGEDRIVER: "{enabled: true, interval: 2s, threshold: 3}",
    HEALTH_FILECHECKERS: file,
    HEALTH_HTTPCHECKERS: http,
    HEALTH_TCPCHECKERS: tcp,
  });
  assertEquals(
    checks.map(({ name, intervalMs, threshold, timeoutMs }) => [
      name,
      intervalMs,
      threshold,
      timeoutMs,
    ]),
    [
      ["storagedriver_filesystem", 2_000, 3, 30_000],
      ["/down", 10_000, 0, 30_000],
      ["http://***@h/x", 3_000, 4, 2_000],
      ["h:1", 10_000, 0, 30_000],
    ],
  );
});

Deno.test("healthChecks() of the store look whether its directory is there", async () => {
  await withDirectory(async (directory) => {
    const check = checkOf({
      HEALTH_STORAGEDRIVER_ENABLED: "true",
      STORAGE_FILESYSTEM_ROOTDIRECTORY: `${directory}/store`,
    });
    await assertRejects(() => check.check(signal), Error, "the store is gone");
    await Deno.writeTextFile(`${directory}/store`, "");
    await assertRejects(() => check.check(signal), Error, "not a directory");
    await Deno.remove(`${directory}/store`);
    await Deno.mkdir(`${directory}/store`);
    await check.check(signal);
  });
  const memory = checkOf({ HEALTH_STORAGEDRIVER_ENABLED: "true", STORAGE: "inmemory" });
  await memory.check(signal);
  assertEquals(memory.name, "storagedriver_inmemory");
});

Deno.test("healthChecks() of a file fail while it exists, or cannot be looked at", async () => {
  await withDirectory(async (directory) => {
    const check = checkOf({ HEALTH_FILECHECKERS: `[{file: ${directory}/down}]` });
    await check.check(signal);
    await Deno.writeTextFile(`${directory}/down`, "");
    await assertRejects(() => check.check(signal), Error, "file exists");
    const below = checkOf({ HEALTH_FILECHECKERS: `[{file: ${directory}/down/below}]` });
    await assertRejects(() => below.check(signal));
  });
});

Deno.test("healthChecks() of a URL want the status that is set, by HEAD, with the headers", async () => {
  const seen: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    seen.push(`${request.method} ${request.headers.get("X-Key")}`);
    return new Response(null, { status: 204 });
  });
  const uri = `http://127.0.0.1:${server.addr.port}/`;
  const of = (more: string): HealthCheck =>
    checkOf({ HEALTH_HTTPCHECKERS: `[{uri: "${uri}", headers: {X-Key: [a]}${more}}]` });
  await of(", statuscode: 204").check(signal);
  await assertRejects(() => of("").check(signal), Error, "unexpected status 204; expected 200");
  await server.shutdown();
  await assertRejects(() => of("").check(signal));
  assertEquals(seen, ["HEAD a", "HEAD a"]);
});

Deno.test("healthChecks() of an address want somebody who listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const check = checkOf({ HEALTH_TCPCHECKERS: `[{addr: "127.0.0.1:${listener.addr.port}"}]` });
  const accepted = listener.accept();
  await check.check(signal);
  (await accepted).close();
  listener.close();
  await assertRejects(() => check.check(signal));
});

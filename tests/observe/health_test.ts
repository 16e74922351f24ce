import { assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { ask, DEBUG_ENV, until, withObserved, withObservedDistribution } from "./server.ts";

const OFTEN = "20ms";

Deno.test("berth serve turns requests down while a check fails, in every worker, and says which", async () => {
  const file = await Deno.makeTempFile({ prefix: "berth_ill_" });
  const env = { ...DEBUG_ENV, HEALTH_FILECHECKERS: `[{file: ${file}, interval: ${OFTEN}}]` };
  await withObserved({ workers: 2, env }, async (server) => {
    const statusesOf = async (path: string): Promise<readonly number[]> => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => ask(`${server.url}${path}`)),
      );
      return [...new Set(answers.map(({ status }) => status))];
    };
    const readyStatus = async (): Promise<number> =>
      (await ask(`${server.debugUrl}/readyz`)).status;
    await until("ill", async () => await readyStatus() === 503);
    for (const path of ["/v2/", "/", "/v2/a/tags/list", "/nowhere", "/readyz"]) {
      assertEquals(await statusesOf(path), [503], path);
    }
    assertEquals(await statusesOf("/livez"), [200]);
    assertStringIncludes(
      (await ask(`${server.url}/v2/`)).text,
      '"code":"UNAVAILABLE","message":"service unavailable","detail":"health check failed: please see /debug/health"',
    );
    const health = await ask(`${server.debugUrl}/debug/health`);
    assertEquals([health.status, JSON.parse(health.text)], [503, { [file]: "file exists" }]);
    await Deno.remove(file);
    await until("well", async () => await readyStatus() === 200);
    assertEquals([await statusesOf("/v2/"), await statusesOf("/readyz")], [[200], [200]]);
    assertEquals((await ask(`${server.debugUrl}/debug/health`)).text, "{}");
  });
});

Deno.test("berth serve asks the store, URLs and addresses how they are", async () => {
  const deaf = `127.0.0.1:${freePort()}`;
  const rest = `interval: ${OFTEN}, threshold: 2`;
  const env = {
    ...DEBUG_ENV,
    HEALTH_STORAGEDRIVER: `{enabled: true, ${rest}}`,
    HEALTH_HTTPCHECKERS: `[{uri: "http://${deaf}/", ${rest}}]`,
    HEALTH_TCPCHECKERS: `[{addr: "${deaf}", ${rest}}]`,
  };
  await withObserved({ env }, async (server, directory) => {
    const failing = async (): Promise<readonly string[]> =>
      Object.keys(JSON.parse((await ask(`${server.debugUrl}/debug/health`)).text)).toSorted();
    await until("two fail", async () => (await failing()).length === 2);
    assertEquals(await failing(), [deaf, `http://${deaf}/`]);
    await Deno.remove(`${directory}/data`, { recursive: true });
    await until("three fail", async () => (await failing()).length === 3);
    assertEquals((await failing()).at(-1), "storagedriver_filesystem");
    await Deno.mkdir(`${directory}/data`);
  });
});

testWithPrograms(
  ["docker-registry"],
  "berth serve answers while a check fails as distribution does",
  async () => {
    const file = await Deno.makeTempFile({ prefix: "berth_ill_" });
    const check = `[{file: ${file}, interval: ${OFTEN}}]`;
    const env = { ...DEBUG_ENV, HEALTH_FILECHECKERS: check };
    await withObservedDistribution([`health: {file: ${check}}`], async (distribution, debugUrl) => {
      await withObserved({ env }, async (berth) => {
        const pages: readonly [berth: string, distribution: string][] = [
          [`${berth.debugUrl}/debug/health`, `${debugUrl}/debug/health`],
          ...["/v2/", "/", "/v2/a/manifests/b", "/v2/_catalog"].map((path): [string, string] => [
            `${berth.url}${path}`,
            `${distribution.url}${path}`,
          ]),
        ];
        for (const [ours, theirs] of pages) {
          const isIll = async (url: string): Promise<boolean> => (await ask(url)).status === 503;
          await until(`ill: ${theirs}`, () => isIll(theirs));
          await until(`ill: ${ours}`, () => isIll(ours));
          const [own, other] = [await ask(ours), await ask(theirs)];
          assertEquals(JSON.parse(own.text), JSON.parse(other.text), ours);
          assertEquals(own.headers.get("Content-Type"), other.headers.get("Content-Type"), ours);
        }
      });
    });
    await Deno.remove(file);
  },
);

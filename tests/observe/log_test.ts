import { assert, assertEquals, assertMatch } from "@std/assert";
import { basic, USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { berthCommand, withTempDir } from "../harness.ts";
import { ask, until, withObserved } from "./server.ts";

const COMBINED_REGEXP =
  /^127\.0\.0\.1 - \S+ \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000\] "[A-Z]+ \S+ HTTP\/1\.1" \d{3} \d+ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"$/;

function linesOf(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

Deno.test("berth serve writes one whole line for each request, of all workers", async () => {
  const requests = 2_000;
  await withObserved({ workers: 4 }, async (server) => {
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let index = client; index < requests; index += 8) {
        const agent = `agent-${index}-${"x".repeat(index % 400)}`;
        const answer = await ask(`${server.url}/v2/repo/tags/list?request=${index}`, {
          headers: { "User-Agent": agent },
        });
        assertEquals(answer.status, 404);
      }
    });
    await Promise.all(clients);
    assertEquals(await server.stop(), 0);
    const lines = linesOf(server.output());
    for (const line of lines) assertMatch(line, COMBINED_REGEXP);
    const numbers = lines.map((line) =>
      Number(/request=(\d+) .* "agent-(\d+)-x*"$/.exec(line)?.[1])
    );
    assertEquals(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: requests }, (_, index) => index),
    );
  });
});

Deno.test("berth serve names request, user and repository where its log is JSON", async () => {
  await withTempDir("log", async (directory) => {
    await Deno.writeTextFile(`${directory}/htpasswd`, USERS_FILE);
    const env = {
      LOG_FORMATTER: "json",
      LOG_FIELDS: "{service: registry}",
      AUTH_HTPASSWD: `{realm: berth, path: ${directory}/htpasswd}`,
    };
    await withObserved({ env }, async (server) => {
      const headers = { Authorization: basic("bob", "bob"), "X-Request-Id": "mine-1" };
      const answer = await ask(`${server.url}/v2/team/app/manifests/latest`, { headers });
      assertEquals([answer.status, answer.headers.get("X-Request-Id")], [404, "mine-1"]);
      const refused = await ask(`${server.url}/v2/`);
      const [line, other] = await until(
        "two lines",
        () => linesOf(server.output()).length === 2 && linesOf(server.output()),
      );
      const said = JSON.parse(line ?? "");
      assertEquals(
        [said.service, said["http.request.id"], said["vars.name"], said["vars.reference"]],
        ["registry", "mine-1", "team/app", "latest"],
      );
      assertEquals([said["auth.user.name"], said["http.response.status"]], ["bob", 404]);
      assertEquals(said["http.response.written"], answer.text.length);
      assert(said["http.response.seconds"] > 0);
      assertEquals(JSON.parse(other ?? "")["http.request.id"], refused.headers.get("X-Request-Id"));
      for (const own of linesOf(server.log())) assertEquals(JSON.parse(own).service, "registry");
    });
  });
});

Deno.test("berth serve writes no line for requests where the access log is off", async () => {
  await withObserved({ env: { LOG_ACCESSLOG_DISABLED: "true" } }, async (server) => {
    await ask(`${server.url}/v2/`);
    assertEquals(await server.stop(), 0);
    assertEquals(server.output(), "");
  });
});

Deno.test("berth serve writes all levels between two SIGUSR2, in every worker", async () => {
  await withObserved({ workers: 2 }, async (server) => {
    const fails = async (): Promise<string> => {
      const answer = await ask(`${server.url}/v2/team/app/manifests/none`);
      assertEquals(answer.status, 404);
      return answer.headers.get("X-Request-Id") ?? "";
    };
    const quiet = await fails();
    server.kill("SIGUSR2");
    await until("debug", () => server.log().includes("log level is debug"));
    const ids = await Promise.all(Array.from({ length: 16 }, fails));
    await until("a line for each", () => ids.every((id) => server.log().includes(id)));
    assertMatch(
      server.log(),
      /level=debug msg="response completed with error" err\.code=MANIFEST_UNKNOWN/,
    );
    server.kill("SIGUSR2");
    await until("info", () => server.log().includes("log level is info"));
    const after = await fails();
    assertEquals(await server.stop(), 0);
    assertEquals([quiet, after].filter((id) => server.log().includes(id)), []);
  });
});

Deno.test("berth serve logs no credentials, at any level", async () => {
  await withObserved({ env: { LOG_LEVEL: "debug", LOG_FORMATTER: "logstash" } }, async (server) => {
    const headers = {
      Authorization: "Bearer secret-1",
      Referer: "https://me:secret-2@registry.example/?access_token=secret-3",
    };
    for (const path of ["/v2/a/tags/list?token=secret-4", "/token?password=secret-5&account=me"]) {
      await ask(`${server.url}${path}`, { headers });
    }
    assertEquals(await server.stop(), 0);
    const all = `${server.output()}${server.log()}`;
    assertEquals(linesOf(server.output()).length, 2);
    assertEquals(all.match(/secret-\d/g) ?? [], []);
  });
});

Deno.test("berth serve goes on, and ends, where nobody reads its log", async () => {
  await withTempDir("unread", async (root) => {
    const place = ["serve", "--root", root, "--addr", "127.0.0.1:0", "--workers", "1"];
    const { command, args } = berthCommand(place);
    const child = new Deno.Command(command, { args, stdout: "piped", stderr: "piped" }).spawn();
    let log = "";
    const logged = (async (): Promise<void> => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) log += text;
    })();
    const url = await until("it listens", () => /http:\/\/[\d.:]+/.exec(log)?.[0] ?? null);
    // Ten times as much as a pipe holds.
    const agent = "x".repeat(6_000);
    for (let index = 0; index < 120; index++) {
      const answer = await ask(`${url}/v2/`, { headers: { "User-Agent": agent } });
      assertEquals(answer.status, 200);
    }
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    await child.stdout.cancel();
    await logged;
  });
});

import { assertEquals } from "@std/assert";
import { type AccessEntry, accessLine } from "./access_log.ts";

function entryOf(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  changes: Partial<AccessEntry> = {},
): AccessEntry {
  const request = new Request("http://registry.test/", { headers });
  Object.defineProperty(request, "url", { value: url });
  return {
    request,
    requestId: "id-1",
    remoteAddress: "192.0.2.1",
    user: null,
    name: "team/app",
    reference: "latest",
    status: 200,
    contentType: "application/json",
    sentBytes: 42,
    receivedBytes: 0,
    durationMs: 1.23456,
    endedMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    ...changes,
  };
}

const URL_PATH = "/v2/team/app/manifests/latest";

Deno.test("accessLine() writes the combined form of Apache", () => {
  const entry = entryOf(`http://h:5000${URL_PATH}?n=1`, { "User-Agent": "curl/8", Referer: "r" });
  assertEquals(
    accessLine("text", { service: "x" })(entry),
    `192.0.2.1 - - [02/Jan/2026:03:04:05 +0000] "GET ${URL_PATH}?n=1 HTTP/1.1" 200 42 "r" "curl/8"\n`,
  );
});

Deno.test("accessLine() names the user, and a client of a socket by a dash", () => {
  const line = accessLine("text", {});
  const begins = (user: string): string =>
    line(entryOf("http://h/v2/", {}, { user, remoteAddress: "" })).split(" [")[0] ?? "";
  assertEquals(begins("alice"), "- - alice");
  assertEquals(begins('a b"\n[x]'), "- - a%20b%22%0A%5Bx%5D");
  assertEquals(begins(""), "- - -");
});

Deno.test("accessLine() tells HTTP/2 by the host that it does not have", () => {
  const line = accessLine("text", {});
  const protocolOf = (entry: AccessEntry): string => /HTTP\/[\d.]+/.exec(line(entry))?.[0] ?? "";
  assertEquals(protocolOf(entryOf("https://h/v2/")), "HTTP/2.0");
  assertEquals(protocolOf(entryOf("https://h/v2/", { Host: "h" })), "HTTP/1.1");
  assertEquals(protocolOf(entryOf("http://h/v2/")), "HTTP/1.1");
});

Deno.test("accessLine() writes JSON where the log is JSON", () => {
  const entry = entryOf(`http://h:5000${URL_PATH}`, { Host: "h:5000", "User-Agent": "curl/8" }, {
    user: "alice",
    receivedBytes: 7,
  });
  assertEquals(JSON.parse(accessLine("json", { service: "x" })(entry)), {
    level: "info",
    msg: "response completed",
    time: "2026-01-02T03:04:05.678Z",
    service: "x",
    "auth.user.name": "alice",
    "http.request.host": "h:5000",
    "http.request.id": "id-1",
    "http.request.method": "GET",
    "http.request.received": 7,
    "http.request.remoteaddr": "192.0.2.1",
    "http.request.uri": URL_PATH,
    "http.request.useragent": "curl/8",
    "http.response.contenttype": "application/json",
    "http.response.duration": "1.235ms",
    "http.response.seconds": 0.001235,
    "http.response.status": 200,
    "http.response.written": 42,
    "vars.name": "team/app",
    "vars.reference": "latest",
  });
  assertEquals(JSON.parse(accessLine("logstash", {})(entry)).message, "response completed");
});

Deno.test("accessLine() writes one line whatever a client sends", () => {
  const headers = { "User-Agent": 'x" 200 0 "\\', Referer: "\u00e9\u0085" };
  const hostile = ["\n", '"', "\\", "\u2028", "\u001b[2J", ' HTTP/1.1" 200 0\n'];
  for (const format of ["text", "json"] as const) {
    for (const text of hostile) {
      const line = accessLine(format, {})(
        entryOf(`http://h/v2/${text}/tags/list`, headers, {
          user: text,
          name: text,
          reference: text,
        }),
      );
      assertEquals(line.indexOf("\n"), line.length - 1, JSON.stringify([format, text]));
      if (format === "json") JSON.parse(line);
      else assertEquals(line.match(/"(?:[^"\\]|\\.)*"/g)?.length, 3, line);
    }
  }
});

Deno.test("accessLine() shows no credentials", () => {
  const headers = { Authorization: "Basic c2VjcmV0", Referer: "http://u:secret@h/?token=secret" };
  const url = "http://h/token?account=a&password=secret&refresh_token=secret";
  for (const format of ["text", "json", "logstash"] as const) {
    const line = accessLine(format, {})(entryOf(url, headers));
    assertEquals([line.includes("secret"), line.includes("c2VjcmV0")], [false, false], line);
    assertEquals(line.includes("account=a"), true, line);
  }
});

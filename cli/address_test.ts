import { assertEquals } from "@std/assert";
import { addressHost, parseAddress } from "./address.ts";

Deno.test("parseAddress() reads hosts and ports", () => {
  const cases: readonly [string, { host: string; port: number } | null][] = [
    ["127.0.0.1:5000", { host: "127.0.0.1", port: 5000 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    [":5000", { host: "", port: 5000 }],
    ["[::1]:5000", { host: "::1", port: 5000 }],
    ["[::]:65535", { host: "::", port: 65535 }],
    ["", null],
    [":", null],
    ["5000", null],
    ["localhost", null],
    ["localhost:", null],
    ["localhost:http", null],
    ["localhost:-1", null],
    ["localhost:65536", null],
    ["localhost:1.5", null],
    ["::1:5000", null],
    ["http://localhost:5000", null],
    ["local host:5000", null],
  ];
  for (const [text, address] of cases) assertEquals(parseAddress(text), address, text);
});

Deno.test("addressHost() writes hosts as URLs have them", () => {
  const hosts = ["", "127.0.0.1", "::1", "localhost"].map((host) => addressHost({ host, port: 1 }));
  assertEquals(hosts, ["0.0.0.0", "127.0.0.1", "[::1]", "localhost"]);
});

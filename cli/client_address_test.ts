import { assertEquals } from "@std/assert";
import { clientOf } from "./client_address.ts";

Deno.test("clientOf() believes X-Forwarded-For only where proxies are trusted", () => {
  const request = new Request("http://registry.test/", {
    headers: { "X-Forwarded-For": "198.51.100.1, 198.51.100.2" },
  });
  const info = {
    remoteAddr: { transport: "tcp" as const, hostname: "192.0.2.1", port: 1 },
    completed: Promise.resolve(),
  };
  assertEquals(clientOf(request, info, false), "192.0.2.1");
  assertEquals(clientOf(request, info, true), "198.51.100.2");
  assertEquals(clientOf(new Request("http://registry.test/"), info, true), "192.0.2.1");
});

Deno.test("clientOf() takes an address for the same whatever port, and a network of IPv6 for one", () => {
  const info = {
    remoteAddr: { transport: "tcp" as const, hostname: "2001:db8:1:2::7", port: 1 },
    completed: Promise.resolve(),
  };
  const named = (address: string): string => {
    const headers = { "X-Forwarded-For": address };
    return clientOf(new Request("http://registry.test/", { headers }), info, true);
  };
  assertEquals(clientOf(new Request("http://registry.test/"), info, false), "2001:db8:1:2");
  const cases: Readonly<Record<string, string>> = {
    "192.0.2.1:5678": "192.0.2.1",
    "[2001:db8:1:2::9]:5678": "2001:db8:1:2",
    "[2001:DB8:1:2::9]": "2001:db8:1:2",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2",
    "2001:0db8:0001:0002::": "2001:db8:1:2",
    "2001:db8::9": "2001:db8:0:0",
    "::1": "0:0:0:0",
    "::ffff:192.0.2.1": "192.0.2.1",
    "1::2:3:4:5:6:7": "1:0:2:3",
    "unknown": "unknown",
    "_hidden:1:2": "_hidden:1:2",
  };
  for (const [address, client] of Object.entries(cases)) {
    assertEquals(named(address), client, address);
  }
});

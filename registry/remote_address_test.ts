import { assertEquals } from "@std/assert";
import { remoteAddress } from "./remote_address.ts";

function requestWith(headers: Readonly<Record<string, string>> = {}): Request {
  return new Request("http://registry.test/", { headers });
}

const PEER: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 5000 };

Deno.test("remoteAddress() is the other end of the connection", () => {
  assertEquals(remoteAddress(requestWith(), PEER), "192.0.2.1:5000");
  const other = { ...PEER, hostname: "2001:db8::1" };
  assertEquals(remoteAddress(requestWith(), other), "[2001:db8::1]:5000");
});

Deno.test("remoteAddress() knows no address behind a socket of the file system", () => {
  assertEquals(remoteAddress(requestWith(), { transport: "unix", path: "/run/berth.sock" }), "");
  assertEquals(remoteAddress(requestWith(), null), "");
});

for (
  const [headers, address] of [
    [{ "X-Forwarded-For": "198.51.100.7, 10.0.0.1" }, "198.51.100.7"],
    [{ "X-Forwarded-For": "2001:db8::2" }, "2001:db8::2"],
    [{ "X-Forwarded-For": "unknown", "X-Real-Ip": "198.51.100.8" }, "198.51.100.8"],
    [{ "X-Forwarded-For": "198.51.100.7", "X-Real-Ip": "198.51.100.8" }, "198.51.100.7"],
    [{ "X-Real-Ip": "nobody" }, "192.0.2.1:5000"],
  ] as const
) {
  Deno.test(`remoteAddress() is ${address} with ${JSON.stringify(headers)}`, () => {
    assertEquals(remoteAddress(requestWith(headers), PEER), address);
  });
}

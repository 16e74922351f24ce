import { assertEquals, assertMatch } from "@std/assert";
import {
  describeMachine,
  formatMachine,
  parseFileSystem,
  parseProcessor,
  parseVersion,
} from "./machine.ts";

Deno.test("parseProcessor() finds the model, and says when there is none", () => {
  assertEquals(
    parseProcessor("processor\t: 0\nmodel name\t: Fast 9000\nflags\t: a\n"),
    "Fast 9000",
  );
  assertEquals(parseProcessor(""), "unknown");
});

Deno.test("parseFileSystem() takes the mount that is nearest to the path, and of one place the last", () => {
  const mounts = [
    ..."/dev/a / ext4 rw 0 0|/dev/b /tmp xfs rw 0 0|tmpfs /tmp tmpfs rw 0 0".split("|"),
    "/dev/c /tmpfiles btrfs rw 0 0",
  ].join("\n");
  assertEquals(parseFileSystem(mounts, "/tmp/bench"), "tmpfs");
  assertEquals(parseFileSystem(mounts, "/tmp"), "tmpfs");
  assertEquals(parseFileSystem(mounts, "/tmpfiles/a"), "btrfs");
  assertEquals(parseFileSystem(mounts, "/var"), "ext4");
  assertEquals(parseFileSystem("", "/var"), "unknown");
});

Deno.test("parseVersion() finds the version in what programs say of themselves", () => {
  assertEquals(parseVersion("nginx version: nginx/1.22.1"), "1.22.1");
  assertEquals(
    parseVersion("docker-registry github.com/docker/distribution 2.8.2+ds1\n"),
    "2.8.2+ds1",
  );
  assertEquals(parseVersion("wrk debian/4.1.0-3+b2 [epoll]"), "4.1.0");
  assertEquals(parseVersion("nothing"), "unknown");
});

Deno.test("describeMachine() tells at least of Deno and the processors", async () => {
  const text = formatMachine(await describeMachine());
  assertMatch(text, /\d+ processors, \d+ GiB of memory, .*Deno \d+\.\d+\.\d+/);
});

import { assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../storage/errors.ts";
import { PULL_EVENTS_GATHERED_MAX } from "../storage/limits.ts";
import { type EventsMessage, type KeptMessage, NotificationPort } from "./notification_port.ts";

/** A port whose other end answers each `keep` with the next of some words. */
function openPort(
  answers: readonly KeptMessage[],
): { port: NotificationPort; messages: EventsMessage[]; full: Int32Array; close(): void } {
  const { port1, port2 } = new MessageChannel();
  const messages: EventsMessage[] = [];
  const left = [...answers];
  port2.onmessage = ({ data }: MessageEvent<EventsMessage>): void => {
    messages.push(data);
    if (data.kind === "keep") port2.postMessage(left.shift() ?? null);
  };
  const buffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const port = new NotificationPort({ port: port1, full: buffer });
  const close = (): void => {
    port.close();
    port2.close();
  };
  return { port, messages, full: new Int32Array(buffer), close };
}

Deno.test("NotificationPort.keep() resolves or rejects as it is answered, in order", async () => {
  const { port, close } = openPort([null, "no space", null]);
  const [first, second, third] = ["1", "2", "3"].map((event) => port.keep([event]));
  await first;
  await assertRejects(() => second ?? Promise.resolve(), StorageError, "no space");
  await third;
  close();
});

Deno.test("NotificationPort.pass() gathers pulls, and sends them before what comes later", async () => {
  const { port, messages, close } = openPort([null]);
  port.pass("pull 1");
  port.pass("pull 2");
  await port.keep(["push"]);
  assertEquals(messages, [
    { kind: "pass", events: ["pull 1", "pull 2"] },
    { kind: "keep", events: ["push"] },
  ]);
  close();
});

Deno.test("NotificationPort.pass() sends many pulls without waiting", async () => {
  const { port, messages, close } = openPort([null]);
  for (let pull = 0; pull <= PULL_EVENTS_GATHERED_MAX; pull++) port.pass("pull");
  await port.keep(["push"]);
  const counts = messages.map(({ events }) => events.length);
  assertEquals(counts, [PULL_EVENTS_GATHERED_MAX, 1, 1]);
  close();
});

Deno.test("NotificationPort.isFull is what the thread of notifications says", () => {
  const { port, full, close } = openPort([]);
  assertEquals(port.isFull, false);
  Atomics.store(full, 0, 1);
  assertEquals(port.isFull, true);
  close();
});

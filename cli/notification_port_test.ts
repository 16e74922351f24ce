import { assertEquals, assertRejects } from "@std/assert";
import { pullOf, SOURCE } from "../registry/happening_kit.ts";
import { PullBoard } from "../registry/notifications/pull_board.ts";
import { SpoolState } from "../registry/notifications/spool_state.ts";
import { StorageError } from "../storage/errors.ts";
import { PULL_EVENTS_MAX } from "../storage/limits.ts";
import { type EventsMessage, NotificationPort, type PortMessage } from "./notification_port.ts";

/** The other end of a port, which answers each `keep` with the next of some words. */
class OtherEnd {
  readonly port: NotificationPort;
  readonly state = new SpoolState();
  readonly board = new PullBoard();
  /** What came, in few words. */
  readonly came: string[] = [];
  readonly #channel = new MessageChannel();
  #waiting: () => void = () => {};

  constructor(answers: readonly (string | null)[] = [], loops = 1) {
    const left = [...answers];
    const { port1, port2 } = this.#channel;
    port2.onmessage = ({ data }: MessageEvent<EventsMessage>): void => {
      this.came.push(...wordsOf(data));
      if (data.kind === "keep") this.#send({ kind: "kept", problem: left.shift() ?? null });
      this.#waiting();
    };
    this.port = new NotificationPort({
      port: port1,
      state: this.state.buffer,
      board: this.board.buffer,
      source: SOURCE,
      loops,
    });
  }

  ask(count: number): void {
    this.#send({ kind: "ask", count });
  }

  /** Resolves when so much has come. */
  async until(count: number): Promise<void> {
    while (this.came.length < count) {
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
  }

  close(): void {
    this.port.close();
    this.#channel.port2.close();
  }

  #send(message: PortMessage): void {
    this.#channel.port2.postMessage(message);
  }
}

function wordsOf(message: EventsMessage): readonly string[] {
  if (message.kind === "keep") return message.events;
  return message.pulls.map(({ pull }) => JSON.parse(pull).request.id);
}

Deno.test("NotificationPort.keep() resolves or rejects as it is answered, in order", async () => {
  const end = new OtherEnd([null, "no space", null]);
  const [first, second, third] = ["1", "2", "3"].map((event) => end.port.keep([event]));
  await first;
  await assertRejects(() => second ?? Promise.resolve(), StorageError, "no space");
  await third;
  assertEquals(end.came, ["1", "2", "3"]);
  end.close();
});

Deno.test("NotificationPort.pass() keeps pulls to itself until they are asked for", async () => {
  const end = new OtherEnd();
  for (const id of ["1", "2", "3"]) end.port.pass(pullOf(id));
  await end.port.keep(["push"]);
  assertEquals([end.came, end.board.waiting], [["push"], 3]);
  end.ask(2);
  await end.until(3);
  assertEquals([end.came, end.board.waiting], [["push", "1", "2"], 1]);
  await end.port.keep(["push"]);
  assertEquals([end.came.at(-1), end.board.waiting], ["push", 1]);
  end.close();
});

Deno.test("NotificationPort.pass() hands over fewer pulls than it was asked for when no more come", async () => {
  const end = new OtherEnd();
  end.port.pass(pullOf("1"));
  end.ask(100);
  await end.until(1);
  end.ask(100);
  await end.port.keep(["push"]);
  end.port.pass(pullOf("2"));
  end.port.pass(pullOf("3"));
  await end.until(4);
  assertEquals(end.came, ["1", "push", "2", "3"]);
  end.close();
});

Deno.test("NotificationPort.keep() hands over the pulls before it that were asked for", async () => {
  const end = new OtherEnd();
  end.ask(100);
  await end.port.keep(["push 1"]);
  end.port.pass(pullOf("1"));
  end.port.pass(pullOf("2"));
  await end.port.keep(["push 2"]);
  assertEquals(end.came, ["push 1", "1", "2", "push 2"]);
  end.close();
});

Deno.test("NotificationPort.close() hands over what it was asked for, and lets nobody wait for more", async () => {
  const end = new OtherEnd();
  end.ask(1);
  await end.port.keep(["push"]);
  const more = new OtherEnd();
  for (const id of ["1", "2"]) {
    end.port.pass(pullOf(id));
    more.port.pass(pullOf(id));
  }
  await end.until(2);
  for (const each of [end, more]) each.close();
  assertEquals([end.came, more.came], [["push", "1"], []]);
  assertEquals([end.board.waiting, more.board.waiting], [0, 0]);
});

Deno.test("NotificationPort shares the room for pulls with the other event loops", () => {
  const end = new OtherEnd([], 4);
  for (let id = 0; id < PULL_EVENTS_MAX; id++) end.port.pass(pullOf(`${id}`));
  const waiting = PULL_EVENTS_MAX / 4;
  assertEquals([end.board.waiting, end.board.dropped], [waiting, PULL_EVENTS_MAX - waiting]);
  end.close();
});

Deno.test("NotificationPort.isFull is what the thread of notifications says", () => {
  const end = new OtherEnd();
  assertEquals(end.port.isFull, false);
  end.state.isFull = true;
  assertEquals(end.port.isFull, true);
  end.close();
});

import { assertEquals } from "@std/assert";
import { Answers } from "./answers.ts";

/** A server that closes when it is told to, and requests to it. */
function scene(): {
  answers: Answers;
  ask(): PromiseWithResolvers<void>;
  close(): { isClosed: () => boolean; waits: readonly number[]; shutDown: () => void };
} {
  const answers = new Answers();
  const handler = answers.counting(() => Promise.resolve(new Response("hello")));
  return {
    answers,
    ask(): PromiseWithResolvers<void> {
      const completed = Promise.withResolvers<void>();
      const remoteAddr = { transport: "tcp", hostname: "192.0.2.1", port: 1 } as const;
      handler(new Request("http://a.test/"), { remoteAddr, completed: completed.promise });
      return completed;
    },
    close(): { isClosed: () => boolean; waits: readonly number[]; shutDown: () => void } {
      const shutdown = Promise.withResolvers<void>();
      const waits: number[] = [];
      let isClosed = false;
      const wait = (ms: number): Promise<void> => {
        waits.push(ms);
        return Promise.resolve();
      };
      answers.close({ shutdown: () => shutdown.promise }, wait).then(() => isClosed = true);
      return { isClosed: () => isClosed, waits, shutDown: shutdown.resolve };
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("Answers.close() waits for every answer, and then a little for connections", async () => {
  const { ask, close } = scene();
  const [one, other] = [ask(), ask()];
  one.resolve();
  const { isClosed, waits } = close();
  await settle();
  assertEquals([isClosed(), waits.length], [false, 0]);
  other.reject(new Error("the client has gone"));
  await settle();
  assertEquals([isClosed(), waits.length], [true, 1]);
});

Deno.test("Answers.close() is done when the server is", async () => {
  const { ask, close } = scene();
  ask();
  const { isClosed, shutDown } = close();
  await settle();
  assertEquals(isClosed(), false);
  shutDown();
  await settle();
  assertEquals(isClosed(), true);
});

Deno.test("Answers.close() does not wait for connections alone for long", async () => {
  const { close } = scene();
  const { isClosed, waits } = close();
  await settle();
  assertEquals([isClosed(), waits.length], [true, 1]);
});

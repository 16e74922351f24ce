import { assertEquals } from "@std/assert";
import { type Answer, type AnswerBody, respond } from "../registry/respond.ts";
import {
  ONE_WRITE_BODY_BYTES_MAX,
  PADDED_HEAD_CHARACTERS_MAX,
  PADDING_AFTER_BODIES,
  PADDING_CHARACTERS,
} from "../storage/limits.ts";
import { OneWrite, PADDING_HEADER } from "./one_write.ts";

function from(port: number): { remoteAddr: Deno.NetAddr } {
  return { remoteAddr: { transport: "tcp", hostname: "192.0.2.7", port } };
}

/** Which of so many answers are padded, from 0. */
function paddedOf(
  oneWrite: OneWrite,
  count: number,
  {
    info = from(4242) as Pick<Deno.ServeHandlerInfo, "remoteAddr">,
    body = "{}" as AnswerBody,
    bytes = 2,
    more = {} as Readonly<Record<string, string>>,
    repeated = [] as NonNullable<Answer["repeated"]>,
  } = {},
): readonly number[] {
  return Array.from({ length: count }, (_, index) => index).filter(() => {
    const answer = respond(200, { "Content-Length": String(bytes), ...more }, body);
    oneWrite.prepare({ ...answer, repeated }, info);
    return answer.headers[PADDING_HEADER]?.length === PADDING_CHARACTERS;
  });
}

Deno.test("OneWrite.prepare() pads one answer of 256 to the same client", () => {
  const oneWrite = new OneWrite();
  assertEquals(paddedOf(oneWrite, 600), [0, 256, 512].map((start) => start + PADDING_AFTER_BODIES));
});

Deno.test("OneWrite.prepare() counts for each client alone", () => {
  const oneWrite = new OneWrite();
  assertEquals(paddedOf(oneWrite, PADDING_AFTER_BODIES), []);
  assertEquals(paddedOf(oneWrite, PADDING_AFTER_BODIES, { info: from(65_535) }), []);
  assertEquals(paddedOf(oneWrite, 1), [0]);
  assertEquals(paddedOf(oneWrite, 1, { info: from(65_535) }), [0]);
});

Deno.test("OneWrite.prepare() leaves answers alone that it cannot help", () => {
  const oneWrite = new OneWrite();
  assertEquals(paddedOf(oneWrite, 300, { body: null }), []);
  assertEquals(paddedOf(oneWrite, 300, { bytes: ONE_WRITE_BODY_BYTES_MAX + 1 }), []);
  assertEquals(paddedOf(oneWrite, 300, { bytes: NaN }), []);
  const unix = { remoteAddr: { transport: "unix" as const, path: "/run/berth.sock" } };
  assertEquals(paddedOf(oneWrite, 300, { info: unix }), []);
});

Deno.test("OneWrite.prepare() keeps the head below what proxies take", () => {
  const more = { "Access-Control-Allow-Headers": "a".repeat(PADDED_HEAD_CHARACTERS_MAX) };
  assertEquals(paddedOf(new OneWrite(), 600, { more }), []);
  const half = "a".repeat(PADDED_HEAD_CHARACTERS_MAX / 2);
  const repeated = [["Access-Control-Allow-Headers", half], ["Vary", half]] as const;
  assertEquals(paddedOf(new OneWrite(), 600, { repeated }), []);
});

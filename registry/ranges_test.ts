import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { BYTE_RANGES_MAX } from "../storage/limits.ts";
import {
  type ByteSpan,
  contentRange,
  multipartByteRanges,
  parseByteRanges,
  parseContentRange,
} from "./ranges.ts";

function assertSpans(header: string, size: number, ...spans: readonly [number, number][]): void {
  const expected = spans.map(([start, end]): ByteSpan => ({ start, end }));
  assertEquals(parseByteRanges(header, size), expected, header);
}

Deno.test("parseByteRanges() reads one range", () => {
  assertSpans("bytes=500-1499", 2048, [500, 1500]);
  assertSpans("bytes=500-", 2048, [500, 2048]);
  assertSpans("bytes=-500", 2048, [1548, 2048]);
  assertSpans("bytes=0-0", 2048, [0, 1]);
  assertSpans("bytes=2047-2047", 2048, [2047, 2048]);
  assertSpans("Bytes=00-01", 2048, [0, 2]);
});

Deno.test("parseByteRanges() cuts ranges to the content", () => {
  assertSpans("bytes=2000-5000", 2048, [2000, 2048]);
  assertSpans("bytes=-5000", 2048, [0, 2048]);
  assertSpans(`bytes=0-${"9".repeat(1000)}`, 2048, [0, 2048]);
  assertSpans(`bytes=-${"9".repeat(1000)}`, 2048, [0, 2048]);
});

Deno.test("parseByteRanges() reads several ranges in the order of the request", () => {
  assertSpans("bytes=10-19,0-4", 100, [10, 20], [0, 5]);
  assertSpans("bytes= 0-4 ,\t10-19, -5", 100, [0, 5], [10, 20], [95, 100]);
  assertSpans("bytes=,0-4,,10-19,", 100, [0, 5], [10, 20]);
  assertSpans("bytes=0-4,5-9", 100, [0, 5], [5, 10]);
});

Deno.test("parseByteRanges() merges ranges that overlap", () => {
  assertSpans("bytes=0-9,5-14", 100, [0, 15]);
  assertSpans("bytes=50-,0-9,5-14,2-3", 100, [0, 15], [50, 100]);
  assertSpans("bytes=0-,0-,0-,-1", 100, [0, 100]);
});

Deno.test("parseByteRanges() leaves out ranges beyond the content", () => {
  assertSpans("bytes=0-4,100-", 100, [0, 5]);
  assertSpans("bytes=-0,0-4", 100, [0, 5]);
});

Deno.test("parseByteRanges() is unsatisfiable when no range is inside the content", () => {
  for (const header of ["bytes=100-", "bytes=100-200", "bytes=-0", `bytes=${"9".repeat(400)}-`]) {
    assertEquals(parseByteRanges(header, 100), "unsatisfiable", header);
  }
  for (const header of ["bytes=0-", "bytes=0-0", "bytes=-1"]) {
    assertEquals(parseByteRanges(header, 0), "unsatisfiable", header);
  }
});

Deno.test("parseByteRanges() is unsatisfiable when a range ends before it starts", () => {
  assertEquals(parseByteRanges("bytes=500-0", 2048), "unsatisfiable");
  assertEquals(parseByteRanges("bytes=0-4,9-8", 2048), "unsatisfiable");
});

Deno.test("parseByteRanges() ignores other units and malformed headers", () => {
  const headers = [
    "",
    "bytes",
    "bytes=",
    "bytes=,",
    "bytes=-",
    "bytes=a-b",
    "bytes=1",
    "bytes=1-2-3",
    "bytes=--1",
    "bytes=+1-2",
    "bytes=1.0-2",
    "bytes=0x1-2",
    "bytes=1 - 2",
    "bytes=0-1;2-3",
    "bytes=0-1,a",
    "bytes:0-1",
    "items=0-1",
    "0-1",
    "bytes=٠-١",
  ];
  for (const header of headers) assertEquals(parseByteRanges(header, 100), null, header);
});

Deno.test("parseByteRanges() ignores a header with too many ranges", () => {
  const ranges = Array.from(
    { length: BYTE_RANGES_MAX },
    (_, index) => `${index * 10}-${index * 10}`,
  );
  assertEquals(parseByteRanges(`bytes=${ranges.join()}`, 1000)?.length, BYTE_RANGES_MAX);
  assertEquals(parseByteRanges(`bytes=${ranges.join()},990-`, 1000), null);
  assertEquals(parseByteRanges(`bytes=${"0-,".repeat(500_000)}`, 1000), null);
  assertEquals(parseByteRanges(`bytes=${",".repeat(500_000)}0-`, 1000), null);
});

Deno.test("parseContentRange() reads the forms that clients send", () => {
  const cases: readonly [string, number, number][] = [
    ["0-0", 0, 0],
    ["0-1023", 0, 1023],
    [" 1024-2047 ", 1024, 2047],
    ["bytes 0-1023/*", 0, 1023],
    ["bytes 0-1023/4096", 0, 1023],
    ["bytes 0-1023", 0, 1023],
    ["bytes=0-1023", 0, 1023],
    ["Bytes=0-1023", 0, 1023],
    [`0-${Number.MAX_SAFE_INTEGER}`, 0, Number.MAX_SAFE_INTEGER],
  ];
  for (const [header, first, last] of cases) {
    assertEquals(parseContentRange(header), { first, last }, header);
  }
});

Deno.test("parseContentRange() is null for anything else", () => {
  const headers = [
    "",
    "-",
    "0-",
    "-1",
    "1-0",
    "a-b",
    "0-1-2",
    "0 - 1",
    "+0-1",
    "0.0-1",
    "bytes */100",
    "bytes 0-1/x",
    "items 0-1/2",
    "0-1,2-3",
    `0-${2 ** 53}`,
    `0-${"9".repeat(100_000)}`,
    `${"9".repeat(400)}-${"9".repeat(400)}`,
  ];
  for (const header of headers) assertEquals(parseContentRange(header), null, header.slice(0, 40));
});

Deno.test("contentRange() names the last byte, or the size alone", () => {
  assertEquals(contentRange({ start: 500, end: 1500 }, 2048), "bytes 500-1499/2048");
  assertEquals(contentRange(null, 2048), "bytes */2048");
});

Deno.test("multipartByteRanges() frames the spans so that the length adds up", async () => {
  const content = new TextEncoder().encode("0123456789");
  const spans = [{ start: 1, end: 4 }, { start: 8, end: 10 }];
  const framing = multipartByteRanges(spans, content.length, "text/plain", "xyz");
  const pieces = framing.parts.flatMap(({ head, span }) => [
    head,
    content.subarray(span.start, span.end),
  ]);
  const body = new Blob([...pieces, framing.tail]);
  assertEquals(
    await body.text(),
    "--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes 1-3/10\r\n\r\n123" +
      "\r\n--xyz\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89" +
      "\r\n--xyz--\r\n",
  );
  assertEquals(framing.contentLength, body.size);
  assertEquals(framing.contentType, "multipart/byteranges; boundary=xyz");
});

Deno.test("multipartByteRanges() makes a new boundary each time", () => {
  const one = multipartByteRanges([{ start: 0, end: 1 }], 1, "text/plain").contentType;
  const other = multipartByteRanges([{ start: 0, end: 1 }], 1, "text/plain").contentType;
  assertNotEquals(one, other);
  assertMatch(one, /^multipart\/byteranges; boundary=[0-9a-f-]{36}$/);
});

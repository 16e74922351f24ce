import { assertEquals, assertRejects } from "@std/assert";
import { UPLOAD_BUSY_POLL_MS, UPLOAD_BUSY_WAIT_MS } from "../storage/limits.ts";
import type { UploadOutcome } from "../storage/uploads.ts";
import { whenFree } from "./when_free.ts";

/** Answers busy so many times, then done. Counts the calls and the time that was waited. */
async function tryWith(
  busyTimes: number,
): Promise<{ outcome: UploadOutcome<string>; calls: number; waitedMs: number }> {
  let calls = 0;
  let waitedMs = 0;
  const outcome = await whenFree<string>(
    () => {
      const isBusy = calls++ < busyTimes;
      return Promise.resolve(isBusy ? { kind: "busy", size: 5 } : { kind: "done", value: "x" });
    },
    (ms) => {
      waitedMs += ms;
      return Promise.resolve();
    },
  );
  return { outcome, calls, waitedMs };
}

Deno.test("whenFree() does not wait for an upload that is free", async () => {
  assertEquals(await tryWith(0), { outcome: { kind: "done", value: "x" }, calls: 1, waitedMs: 0 });
});

Deno.test("whenFree() tries again until the upload is free", async () => {
  assertEquals(await tryWith(3), {
    outcome: { kind: "done", value: "x" },
    calls: 4,
    waitedMs: 3 * UPLOAD_BUSY_POLL_MS,
  });
});

Deno.test("whenFree() gives up after two seconds, and says how far the upload is", async () => {
  const { outcome, waitedMs } = await tryWith(Infinity);
  assertEquals(outcome, { kind: "busy", size: 5 });
  assertEquals(waitedMs, UPLOAD_BUSY_WAIT_MS);
});

Deno.test("whenFree() hands on other outcomes and errors at once", async () => {
  const wait = (): Promise<void> => Promise.reject(new Error("waited"));
  const unknown = { kind: "unknown" } as const;
  assertEquals(await whenFree(() => Promise.resolve(unknown), wait), unknown);
  const misplaced = { kind: "misplaced", size: 1 } as const;
  assertEquals(await whenFree(() => Promise.resolve(misplaced), wait), misplaced);
  await assertRejects(
    () => whenFree(() => Promise.reject(new Error("failed")), wait),
    Error,
    "failed",
  );
});

import { assert, assertEquals, assertMatch } from "@std/assert";
import { EVENTS_MEDIA_TYPE } from "../../registry/events.ts";
import { type RunningServer, startDistribution, withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { type Delivery, Receiver } from "./receiver.ts";
import { notificationLines, startNotifying } from "./server.ts";
import { byStep, LAST_STEP, runSteps, type StepEvents } from "./steps.ts";

/** What berth tells otherwise than distribution 2.8, and why. */
const DIFFERENCES: readonly { readonly step: string; readonly reason: string }[] = [
  { step: "delete a tag", reason: "distribution 2.8 cannot delete tags, and distribution 3 can" },
];

/** What a listener was told of all steps, and how. */
async function told(
  start: (directory: string, lines: readonly string[]) => Promise<RunningServer>,
): Promise<{ readonly steps: readonly StepEvents[]; readonly deliveries: readonly Delivery[] }> {
  return await withTempDir("events", async (directory) => {
    const receiver = new Receiver();
    const server = await start(directory, notificationLines(receiver.url));
    try {
      await runSteps(server.url);
      await receiver.until(
        LAST_STEP,
        () => receiver.events.some(({ request }) => request.useragent === LAST_STEP),
      );
      return { steps: byStep(receiver.events, server.url), deliveries: [...receiver.taken] };
    } finally {
      await server.stop();
      receiver.close();
    }
  });
}

/** Writes what distribution 2.8 tells as distribution 3 does, in which empty members of targets are there. */
function asVersion3(steps: readonly StepEvents[]): readonly StepEvents[] {
  return steps.map(([step, ...events]) => [
    step,
    ...events.map((event) => {
      const { target, ...rest } = event as { readonly target: Readonly<Record<string, unknown>> };
      return { ...rest, target: { mediaType: "", digest: "", size: 0, ...target } };
    }),
  ]);
}

/** Distribution 2.8 reads no platforms into what it refers to. */
function withoutPlatforms(steps: readonly StepEvents[]): readonly StepEvents[] {
  return JSON.parse(JSON.stringify(steps), (key, value) => key === "platform" ? undefined : value);
}

testWithPrograms(
  ["docker-registry"],
  "berth and distribution tell of the same requests the same",
  async () => {
    const theirs = await told((root, config) => startDistribution({ root, config }));
    const ours = await told(startNotifying);
    const isSame = ([step]: StepEvents): boolean =>
      !DIFFERENCES.some((difference) => difference.step === step);
    assertEquals(withoutPlatforms(ours.steps.filter(isSame)), asVersion3(theirs.steps));
    for (const { step } of DIFFERENCES) assert(ours.steps.some(([own]) => own === step), step);

    const [own, other] = [ours.deliveries[0], theirs.deliveries[0]];
    // The version counts the form of the envelope, whose descriptors distribution 3 writes in another order.
    assertEquals(other?.headers.get("Content-Type"), EVENTS_MEDIA_TYPE.replace("v2", "v1"));
    assertEquals(own?.headers.get("Content-Type"), EVENTS_MEDIA_TYPE);
    assertEquals(
      ours.deliveries.map(({ events }) => events.length),
      ours.deliveries.map(() => 1),
    );
    assertEquals(keysOf(own), keysOf(other));
    for (const delivery of [own, other]) {
      assertMatch(delivery?.events[0]?.request.addr ?? "", /^127\.0\.0\.1:\d+$/);
      assertMatch(delivery?.events[0]?.source.addr ?? "", /^.+:\d+$/);
    }
    assertEquals(
      own?.events[0]?.source.addr.split(":")[0],
      other?.events[0]?.source.addr.split(":")[0],
    );
  },
);

/** The members of the first event of a delivery, one level below too. */
function keysOf(delivery: Delivery | undefined): unknown {
  const [event] = delivery?.events ?? [];
  return Object.entries(event ?? {}).map(([key, value]) =>
    typeof value === "object" ? [key, Object.keys(value).toSorted()] : key
  );
}

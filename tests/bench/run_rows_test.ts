import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { createContent } from "./content.ts";
import { type Row, type Sample, whole, type Workbench } from "./row.ts";
import { QUICK_SCALE } from "./rows.ts";
import { inTurns, type RowsResult, runRows } from "./run_rows.ts";
import { type Contender, type MeasuredServer, REFERENCE_NAME } from "./servers.ts";

const MIB = 1024 * 1024;
const BERTH = "berth, 1 worker";

/** A contender that is nothing but a name; it says when it is started and stopped. */
function contender(name: string, events: string[]): Contender {
  return {
    name,
    start(root): Promise<MeasuredServer> {
      events.push(`start ${name}`);
      return Promise.resolve({
        url: "",
        host: "",
        root,
        pid: Deno.pid,
        kill: () => {},
        stop(): Promise<number> {
          events.push(`stop ${name}`);
          return Promise.resolve(0);
        },
      });
    },
  };
}

function row(measure: (name: string) => Promise<Sample>): Row {
  return {
    stage: "lists",
    rivals: [REFERENCE_NAME],
    needs: [],
    figures: [{ name: "a page", unit: "ms", lessIsBetter: true, expected: [] }],
    prepare: () => Promise.resolve(({ contender: { name } }) => measure(name)),
  };
}

/** Runs rows of two rounds on berth and docker-registry that are nothing but names. */
async function run(
  rows: readonly Row[],
  stop: AbortSignal = new AbortController().signal,
): Promise<RowsResult & { readonly events: readonly string[] }> {
  const events: string[] = [];
  const contenders = [BERTH, REFERENCE_NAME].map((name) => contender(name, events));
  return await withTempDir("rows", async (directory) => {
    const sizes = { ...QUICK_SCALE, largeBlobBytes: MIB, parts: 1 };
    const lists = { repositories: 1, tags: 1, referrers: 1 };
    const bench: Workbench = {
      scale: { ...QUICK_SCALE, lists },
      content: await createContent(directory, sizes),
      directory,
      wrk: null,
      curl: null,
    };
    return { ...await runRows(rows, bench, contenders, stop), events };
  });
}

Deno.test("runRows() measures in turns, and leaves the first round out", async () => {
  const asked: string[] = [];
  const { results, failures, events } = await run([row((name) => {
    asked.push(name);
    return Promise.resolve(whole(asked.length));
  })]);
  const inTurns = [BERTH, REFERENCE_NAME];
  assertEquals(asked, [...inTurns, ...inTurns, ...inTurns.toReversed()]);
  assertEquals(results[0]?.figures[0]?.samples, { [BERTH]: [3, 6], [REFERENCE_NAME]: [4, 5] });
  assertEquals(failures, []);
  assertEquals(events.filter((event) => event.startsWith("stop")).length, 2);
});

Deno.test("runRows() asks a server that took too long once, and starts it anew", async () => {
  let asked = 0;
  const { results, events } = await run([row((name) => {
    if (name === BERTH) return Promise.resolve(whole(1));
    asked++;
    return Promise.resolve({ values: [10_000], isBound: true });
  })]);
  assertEquals(asked, 1);
  const [figure] = results[0]?.figures ?? [];
  assertEquals(figure?.samples, { [BERTH]: [1, 1], [REFERENCE_NAME]: [10_000] });
  assertEquals(figure?.bounded, [REFERENCE_NAME]);
  const ofReference = events.filter((event) => event.endsWith(REFERENCE_NAME));
  assertEquals(ofReference.map((event) => event.split(" ")[0]), ["start", "stop", "start", "stop"]);
});

Deno.test("runRows() tells of a row that fails, and goes on", async () => {
  const { results, failures } = await run([
    row(() => Promise.reject(new Error("no page came"))),
    row(() => Promise.resolve(whole(1))),
  ]);
  assertEquals(results.length, 1);
  assertStringIncludes(failures.join(), "a page: no page came");
});

Deno.test("runRows() ends when it is interrupted", async () => {
  const interrupt = new AbortController();
  const rows = [row(() => {
    interrupt.abort(new Error("Interrupted"));
    return Promise.resolve(whole(1));
  })];
  await assertRejects(() => run(rows, interrupt.signal), Error, "Interrupted");
});

Deno.test("inTurns() lets each come first, and after each other, once", () => {
  const items = ["a", "b", "c", "d", "e", "f"];
  const rounds = items.map((_, index) => inTurns(items, index + 2));
  for (const order of rounds) assertEquals([...order].sort(), items);
  assertEquals(rounds.map(([first]) => first).sort(), items);
  const pairs = rounds.flatMap((order) => order.slice(1).map((item, index) => order[index] + item));
  assertEquals(new Set(pairs).size, items.length * (items.length - 1));
});

Deno.test("inTurns() keeps the order in the first round, and takes any number", () => {
  assertEquals([0, 1].map((round) => inTurns(["a", "b", "c"], round).join("")), ["abc", "abc"]);
  for (const items of [[], ["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d", "e"]]) {
    for (let round = 2; round < 8; round++) {
      assertEquals([...inTurns(items, round)].sort(), items);
    }
  }
});

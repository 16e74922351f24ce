/**
 * One run of `berth inspect`: looks, prints, and repairs if it is asked to.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import type { StorageDriver } from "../../storage/driver.ts";
import { StorageError } from "../../storage/errors.ts";
import { blobData, repositoryDirectory, storeRoot } from "../../storage/layout.ts";
import { REPOSITORY_LEVEL, STORE_LEVEL } from "../../storage/layout_tree.ts";
import type { RepositoryName } from "../../storage/names.ts";
import { openStore, type Store } from "../../storage/store.ts";
import { EXIT } from "../errors.ts";
import { formatBytes, formatCount, formatTime } from "../format.ts";
import { openInspectedDriver } from "../wire.ts";
import { LineOutput } from "../line_output.ts";
import { ProgressLine, terminalColumns } from "../progress.ts";
import { drawTree } from "../tree.ts";
import { checkRepository } from "./check.ts";
import { historyLines, type Part, partObjects, partTree, readParts } from "./image_view.ts";
import { layoutTree } from "./layout_view.ts";
import { overviewLines, overviewObjects } from "./overview.ts";
import { surveyEvents } from "./event_survey.ts";
import { eventLines, eventObjects } from "./event_view.ts";
import { ProblemLog, problemObject } from "./problem_log.ts";
import { agree, planLines } from "./repair_plan.ts";
import { repairAll } from "./repair.ts";
import { type ManifestNodes, readRepository } from "./repository_content.ts";
import { repositoryLines, repositoryObjects } from "./repository_view.ts";
import type { InspectRequest, Target } from "./request.ts";
import { surveyStore } from "./survey.ts";
import { blobsOfRepository, verifyStore } from "./verify.ts";

/** One look at a store. */
export class Inspection {
  readonly #request: InspectRequest;
  readonly #driver: StorageDriver;
  readonly #store: Store;
  readonly #nowMs = Date.now();
  readonly #output = new LineOutput();
  readonly #progress = new ProgressLine();
  readonly #problems: ProblemLog;
  readonly #isJson: boolean;

  /** Throws a `StorageError` when there is no store. */
  constructor(request: InspectRequest) {
    this.#request = request;
    this.#driver = openInspectedDriver(request.root);
    this.#store = openStore(this.#driver);
    this.#isJson = request.format === "json";
    this.#problems = new ProblemLog((problem) => {
      if (this.#isJson) this.#output.json(problemObject(problem));
    });
  }

  /** Looks and prints; the result is the exit code. */
  async run(): Promise<number> {
    const { target, isOfEvents, isVerifying, isRepairing } = this.#request;
    if (isOfEvents) await this.#inspectEvents();
    else if (target === null) await this.#inspectStore();
    else await this.#inspectTarget(target);
    if (isVerifying) await this.#verify(target?.name ?? null);
    this.#progress.clear();
    if (!this.#isJson) this.#output.lines(this.#problems.lines());
    this.#output.flush();
    const repaired = isRepairing ? await this.#repair() : 0;
    return this.#problems.count > repaired ? EXIT.failed : EXIT.done;
  }

  /** Columns to print in; `null` for a pipe, which gets everything. */
  get #width(): number | null {
    return Deno.stdout.isTerminal() ? terminalColumns() : null;
  }

  async #inspectStore(): Promise<void> {
    const { root, format } = this.#request;
    const survey = await surveyStore(this.#store, this.#driver, {
      onProblem: this.#problems.add,
      onProgress: (doing, done, unit) => this.#progress.update({ doing, done, unit, total: null }),
      nowMs: this.#nowMs,
    });
    this.#progress.clear();
    if (format === "json") {
      for (const object of overviewObjects(root, survey)) this.#output.json(object);
    } else if (format === "tree") {
      this.#output.lines(drawTree(await layoutTree(this.#driver, storeRoot, STORE_LEVEL)));
    } else {
      this.#output.lines(overviewLines(root, survey, this.#width, this.#nowMs));
    }
    this.#output.flush();
  }

  async #inspectEvents(): Promise<void> {
    const rows = await surveyEvents(this.#driver);
    if (this.#isJson) { for (const object of eventObjects(rows)) this.#output.json(object); }
    else this.#output.lines(eventLines(rows, this.#width, this.#nowMs));
  }

  async #inspectTarget({ name, reference }: Target): Promise<void> {
    if (!await this.#store.repositories.exists(name)) throw absent(`no repository "${name}"`);
    const store = this.#store;
    await checkRepository({
      store,
      name,
      sizeOf: async (digest) => (await store.blobs.statContent(digest))?.size ?? null,
      onHeld: () => {},
      onProblem: this.#problems.add,
      nowMs: this.#nowMs,
    });
    const nodes = await readRepository(store, name);
    if (reference === null) await this.#printRepository(name, nodes);
    else this.#printImage(await this.#readImage({ name, reference }, nodes));
  }

  async #printRepository(name: RepositoryName, nodes: ManifestNodes): Promise<void> {
    const { format } = this.#request;
    if (format === "json") {
      for (const object of repositoryObjects(name, nodes)) this.#output.json(object);
    } else if (format === "tree") {
      const directory = repositoryDirectory(name);
      const tree = await layoutTree(this.#driver, directory, REPOSITORY_LEVEL);
      this.#output.lines(drawTree(tree));
    } else {
      this.#output.lines(repositoryLines(nodes, this.#width));
    }
  }

  async #readImage({ name, reference }: Target, nodes: ManifestNodes): Promise<Part> {
    for (const node of nodes.values()) {
      if (node.digest !== reference && !node.tags.some((tag) => tag === reference)) continue;
      return await readParts(this.#store, name, nodes, node);
    }
    throw absent(`no manifest "${reference}" in "${name}"`);
  }

  #printImage(part: Part): void {
    if (this.#isJson) {
      for (const object of partObjects(part)) this.#output.json(object);
    } else {
      this.#output.lines(drawTree(partTree(part)));
      this.#output.lines(historyLines(part));
    }
  }

  async #verify(name: RepositoryName | null): Promise<void> {
    const { root, sinceMs } = this.#request;
    const store = this.#store;
    const digests = (): AsyncIterable<Digest> =>
      name === null ? store.blobs.all() : blobsOfRepository(store, name);
    const { blobs, bytes, bad } = await verifyStore(store, {
      root,
      digests,
      sinceMs,
      workers: navigator.hardwareConcurrency,
      onBad: ({ digest, detail, size, modifiedMs }) =>
        this.#problems.add({
          kind: "corrupt-blob",
          path: blobData(digest),
          detail,
          repair: { kind: "quarantine", digest, size, modifiedMs },
        }),
      onProgress: (done, total) =>
        this.#progress.update({ doing: "verify", done, total, unit: "bytes" }),
    });
    const startedAt = formatTime(this.#nowMs);
    if (this.#isJson) this.#output.json({ type: "verified", blobs, bytes, bad, startedAt });
    else {
      const what = `${formatCount(blobs, "blob")}, ${formatBytes(bytes)}`;
      this.#output.lines(["", `verified ${what}: ${bad} bad`]);
      this.#progress.say(`--since ${startedAt} verifies only what comes from now on`);
    }
  }

  /** Repairs what it may; returns how many problems are gone. */
  async #repair(): Promise<number> {
    const { repairable } = this.#problems;
    if (repairable.length === 0) return 0;
    for (const line of planLines(repairable)) this.#progress.say(line);
    if (!this.#request.isAgreed && !agree(repairable.length)) return 0;
    await repairAll(this.#store, repairable, ({ path, repair }, isDone) => {
      if (this.#isJson) {
        this.#output.json({ type: "repaired", path, repair: repair.kind, isDone });
      } else {
        this.#output.line(`${isDone ? "done" : "not needed any more"}: ${repair.kind}  ${path}`);
      }
    });
    this.#output.flush();
    return repairable.length;
  }
}

function absent(what: string): StorageError {
  return new StorageError(
    "absent",
    `Cannot inspect: there is ${what}; berth inspect lists what there is`,
  );
}

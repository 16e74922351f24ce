/**
 * `berth serve`: runs a registry server until it is told to end.
 *
 * @module
 */

import { resolve } from "node:path";
import { AuthOptionsError } from "../registry/auth/options.ts";
import { metricsReference } from "../registry/metrics_reference.ts";
import { StorageError } from "../storage/errors.ts";
import { TIMER_MS_MAX } from "../storage/limits.ts";
import { openStore } from "../storage/store.ts";
import type { Command, CommandArgs, Flag } from "./command.ts";
import { EXIT } from "./errors.ts";
import { claimAddress, shownAddress } from "./claim.ts";
import { certificateFiles, needsTlsFront } from "./listener.ts";
import { type Server, startServer } from "./server.ts";
import { SETTING_FLAGS, writtenFlags } from "./settings/flags.ts";
import { printSettings } from "./settings/print.ts";
import { remarkLine, SettingsError } from "./settings/problems.ts";
import { type ReadSettings, readSettings } from "./settings/read.ts";
import { settingsReference } from "./settings/reference.ts";
import { settingsSchema } from "./settings/schema.ts";
import type { Settings } from "./settings/table.ts";
import { listenAddress, openConfiguredDriver } from "./wire.ts";

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** The command, for the table of commands. */
export const serveCommand: Command = {
  name: "serve",
  summary: "Run a registry server.",
  operands: "[CONFIG]",
  operandsMax: 1,
  flags: [
    ...SETTING_FLAGS,
    serveFlag("check", "check the configuration, or without one the store, and end"),
    serveFlag("print-config", "print every setting and where it comes from, and end"),
    serveFlag("print-schema", "print the JSON Schema of the configuration, and end"),
    serveFlag("print-reference", "print the page that says every setting, and end"),
    serveFlag("print-metrics", "print the page that says every metric, and end"),
  ],
  examples: [
    ["berth serve", "a registry on 127.0.0.1:5000 that keeps its data in ./data"],
    [
      "berth serve --root /var/lib/registry --addr :5000",
      "the store of distribution, on all interfaces",
    ],
    ["berth serve --check /etc/docker/registry/config.yml", "can distribution's file be used?"],
    ["berth serve --root /mnt/backup --read-only --addr 127.0.0.1:5001", "pulls only"],
  ],
  run: serve,
};

function serveFlag(name: string, meaning: string): Flag {
  return { name, letter: null, placeholder: null, meaning, fallback: null };
}

/** What is printed instead of starting, by flag. */
const PAGES: Readonly<Record<string, () => string>> = {
  "print-schema": () => JSON.stringify(settingsSchema(), null, 2),
  "print-reference": () => settingsReference().trimEnd(),
  "print-metrics": () => metricsReference().trimEnd(),
};

async function serve(args: CommandArgs): Promise<number> {
  const page = Object.keys(PAGES).find((flag) => args.isSet(flag));
  if (page !== undefined) {
    console.log(PAGES[page]?.());
    return EXIT.done;
  }
  const read = readSettings({
    path: args.operands[0] ?? null,
    environment: Deno.env.toObject(),
    flags: writtenFlags(args),
  });
  if (!args.isSet("print-config") && !args.isSet("check")) return await listen(read);
  for (const notice of read.notices) console.error(`berth serve: ${remarkLine(notice)}`);
  if (args.isSet("check")) return await check(read);
  console.log(printSettings(read).trimEnd());
  return EXIT.done;
}

/** A file may be checked where its store is not; without one, there is only the store to look at. */
async function check({ settings, path }: ReadSettings): Promise<number> {
  if (path !== null) {
    console.log(`${path} can be used`);
    return EXIT.done;
  }
  const warning = await storeWarning(settings);
  if (warning !== null) console.error(`berth serve: ${warning}`);
  console.log("The settings and the store can be used");
  return EXIT.done;
}

async function listen({ settings: configured, notices }: ReadSettings): Promise<number> {
  const warning = await storeWarning(configured);
  const addr = await claimAddress(listenAddress(configured));
  // Only ports can be shared, and only by what is `Deno.serve` alone.
  const isAlone = "path" in addr || needsTlsFront(configured);
  const workers = isAlone ? 1 : configured.http.workers;
  const settings = { ...configured, http: { ...configured.http, addr, workers } };
  const server = await start(settings, [
    ...notices.map(remarkLine),
    ...warning === null ? [] : [warning],
  ]);
  // Whoever reads the next line may send a signal at once.
  const ended = untilSignal(server, settings.http.draindelay + settings.http.draintimeout);
  server.log.info(
    `listening on ${shownAddress(addr, certificateFiles(settings) !== null)}, ` +
      `${workers} ${workers === 1 ? "worker" : "workers"}, data in ${placeOfData(settings)}`,
  );
  const code = await ended;
  await server.flush();
  return code;
}

async function start(settings: Settings, warnings: readonly string[]): Promise<Server> {
  try {
    return await startServer(settings, warnings);
  } catch (error) {
    if (!(error instanceof AuthOptionsError)) throw error;
    throw new SettingsError([{ from: "berth serve", path: "", what: error.message }]);
  }
}

function placeOfData({ storage }: Settings): string {
  return storage.filesystem === null ? "memory" : resolve(storage.filesystem.rootdirectory);
}

/** Opens the store once, so that what is wrong with it is said before anything listens. */
async function storeWarning(settings: Settings): Promise<string | null> {
  const store = openStore(openConfiguredDriver(settings));
  if (settings.storage.maintenance.readonly.enabled) return null;
  try {
    await store.gate.shared(() => Promise.resolve());
    return null;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return `${error.message}; pulls will work, pushes will be refused`;
  } finally {
    store.gate.close();
  }
}

/** Drains at the first signal; leaves at once at the second, or when the time is up. */
function untilSignal({ drain, log }: Server, drainTimeoutMs: number): Promise<number> {
  return new Promise((end) => {
    let isDraining = false;
    const onSignal = async (): Promise<void> => {
      if (isDraining) return end(EXIT.interrupted);
      isDraining = true;
      log.info("draining; a second signal ends it at once");
      const timer = setTimeout(() => {
        log.error("requests were cut off, as they did not end in time");
        end(EXIT.failed);
      }, Math.min(drainTimeoutMs, TIMER_MS_MAX));
      await drain();
      clearTimeout(timer);
      end(EXIT.done);
    };
    for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  });
}

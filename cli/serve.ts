/**
 * `berth serve`: runs a registry server until it is told to end.
 *
 * @module
 */

import { resolve } from "node:path";
import { StorageError } from "../storage/errors.ts";
import { openStore } from "../storage/store.ts";
import type { Command, CommandArgs, Flag } from "./command.ts";
import { EXIT, UsageError } from "./errors.ts";
import type { EventLoop } from "./event_loop.ts";
import {
  type Address,
  type SettingName,
  SETTINGS,
  type Settings,
  settingVariable,
  settleSettings,
  type WrittenValue,
} from "./settings.ts";
import { openDriver } from "./wire.ts";
import { startEventLoops } from "./worker_pool.ts";

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** The command, for the table of commands. */
export const serveCommand: Command = {
  name: "serve",
  summary: "Run a registry server.",
  operands: "",
  operandsMax: 1,
  flags: [...settingFlags(), {
    name: "check",
    letter: null,
    placeholder: null,
    meaning: "check the settings and the store, and end",
    fallback: null,
  }],
  examples: [
    ["berth serve", "a registry on 127.0.0.1:5000 that keeps its data in ./data"],
    [
      "berth serve --root /var/lib/registry --addr :5000",
      "the store of distribution, on all interfaces",
    ],
    ["berth serve --root /mnt/backup --read-only --addr 127.0.0.1:5001", "pulls only"],
  ],
  run: serve,
};

function settingFlags(): Flag[] {
  return Object.values(SETTINGS).flatMap((row) =>
    row.flag === null ? [] : [{
      name: row.flag,
      letter: null,
      placeholder: "placeholder" in row ? row.placeholder : null,
      meaning: row.meaning,
      fallback: row.kind === "switch" ? null : row.fallback,
    }]
  );
}

async function serve(args: CommandArgs): Promise<number> {
  const settings = readSettings(args);
  const warning = await storeWarning(settings);
  if (warning !== null) console.error(`berth serve: ${warning}`);
  if (args.isSet("check")) {
    console.log("The settings and the store can be used");
    return EXIT.done;
  }
  const addr = claimAddress(settings.addr);
  const loop = await startEventLoops({ ...settings, addr });
  // Whoever reads the next line may send a signal at once.
  const ended = untilSignal(loop, settings.drainTimeout);
  console.error(
    `berth serve: listening on http://${hostOf(addr)}:${addr.port}, ` +
      `${settings.workers} ${settings.workers === 1 ? "worker" : "workers"}, ` +
      `data in ${resolve(settings.root)}`,
  );
  return await ended;
}

function readSettings(args: CommandArgs): Settings {
  const [config] = args.operands;
  if (config !== undefined) {
    throw new UsageError(
      `Cannot read "${config}": configuration files are not supported; use flags or REGISTRY_* variables`,
    );
  }
  return settleSettings((name) => fromFlag(args, name) ?? fromVariable(name));
}

function fromFlag(args: CommandArgs, name: SettingName): WrittenValue | null {
  const { flag, kind } = SETTINGS[name];
  if (flag === null) return null;
  if (kind === "switch") return args.isSet(flag) ? { text: "true", from: `--${flag}` } : null;
  const text = args.text(flag);
  return text === null ? null : { text, from: `--${flag}` };
}

function fromVariable(name: SettingName): WrittenValue | null {
  const variable = settingVariable(name);
  const text = Deno.env.get(variable);
  return text === undefined ? null : { text, from: variable };
}

/** Opens the store once, so that what is wrong with it is said before anything listens. */
async function storeWarning(settings: Settings): Promise<string | null> {
  const store = openStore(openDriver(settings.root));
  if (settings.readOnly) return null;
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

/**
 * Finds out that nobody listens there, and which port 0 stands for. The loops share the port, and so would a second
 * server that was started by mistake.
 */
function claimAddress(addr: Address): Address {
  try {
    const listener = Deno.listen({ hostname: addr.host || "0.0.0.0", port: addr.port });
    const { port } = listener.addr;
    listener.close();
    return { ...addr, port };
  } catch (error) {
    const reason = error instanceof Deno.errors.AddrInUse
      ? "another program listens there; end it or pass --addr"
      : error instanceof Deno.errors.PermissionDenied
      ? "permission denied; ports below 1024 are for root, pass another --addr"
      : `${error instanceof Error ? error.message : error}; pass another --addr`;
    throw new StorageError("invalid", `Cannot listen on ${hostOf(addr)}:${addr.port}: ${reason}`);
  }
}

function hostOf({ host }: Address): string {
  if (host === "") return "0.0.0.0";
  return host.includes(":") ? `[${host}]` : host;
}

/** Drains at the first signal; leaves at once at the second, or when the time is up. */
function untilSignal(loop: EventLoop, drainTimeoutMs: number): Promise<number> {
  return new Promise((end) => {
    let isDraining = false;
    const onSignal = async (): Promise<void> => {
      if (isDraining) return end(EXIT.interrupted);
      isDraining = true;
      console.error("berth serve: draining; a second signal ends it at once");
      const timer = setTimeout(() => {
        console.error("berth serve: requests were cut off, as they did not end in time");
        end(EXIT.failed);
      }, drainTimeoutMs);
      await loop.drain();
      clearTimeout(timer);
      end(EXIT.done);
    };
    for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  });
}

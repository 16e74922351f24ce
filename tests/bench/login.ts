/**
 * The section of logins: what each way to be let in costs.
 *
 * @module
 */

import type { BenchOptions } from "./options.ts";
import type { SectionReport } from "./section.ts";
import { runWays, type Way } from "./ways.ts";

const ALICE = `Basic ${btoa("alice:ecila")}`;

function htpasswd(directory: string): Readonly<Record<string, unknown>> {
  return { realm: "berth", path: `${directory}/htpasswd` };
}

const ACCESS = {
  rules: [
    { who: "anonymous", may: "pull", repositories: "public/**" },
    { who: "authenticated", may: "pull", repositories: "app" },
  ],
};

/** The part of anonymous pulls that is expected of those by a user. */
const PART_EXPECTED = 0.8;

const LOGINS: readonly Way[] = [
  { name: "anonymous, open registry", sections: () => ({}), authorization: () => null },
  {
    name: "htpasswd",
    partExpected: PART_EXPECTED,
    sections: (directory) => ({ auth: { htpasswd: htpasswd(directory) } }),
    authorization: () => ALICE,
  },
  {
    name: "htpasswd, with access rules",
    partExpected: PART_EXPECTED,
    sections: (directory) => ({ auth: { htpasswd: htpasswd(directory) }, access: ACCESS }),
    authorization: () => ALICE,
  },
  {
    name: "token of berth's own",
    partExpected: PART_EXPECTED,
    sections: (directory) => {
      const issuer = { enabled: true, keys: `${directory}/keys.json` };
      return { auth: { htpasswd: htpasswd(directory), issuer } };
    },
    async authorization(url): Promise<string> {
      const query = "service=berth&scope=repository:app:pull";
      const answer = await fetch(`${url}/token?${query}`, { headers: { Authorization: ALICE } });
      return `Bearer ${(await answer.json()).token}`;
    },
  },
];

/** Measures pulls of a manifest by its tag, for each way to be let in. */
export function runLoginSection(options: BenchOptions, stop: AbortSignal): Promise<SectionReport> {
  return runWays({ title: "Logins", ways: LOGINS }, options, stop);
}

/**
 * `berth man`: prints the manual page, in the language of man.
 *
 * @module
 */

import { type Command, flagMeaning, flagTitle, usageLine } from "./command.ts";
import { loadCommands } from "./commands.ts";
import { EXIT } from "./errors.ts";
import { VERSION } from "./version.ts";

/** The command, for the table of commands. */
export const manCommand: Command = {
  name: "man",
  summary: "Print the manual page.",
  operands: "",
  operandsMax: 0,
  flags: [],
  examples: [
    ["berth man | man -l -", "read it"],
    ["berth man > /usr/local/share/man/man1/berth.1", "install it"],
  ],
  run: async () => {
    console.log(manualPage(await loadCommands()).trimEnd());
    return EXIT.done;
  },
};

/** Sections that no table knows, by their titles, as paragraphs of a term and what it means. */
const SECTIONS: Readonly<Record<string, readonly (readonly [term: string, meaning: string])[]>> = {
  "EXIT STATUS": [
    ["0", "It is done."],
    ["1", "It failed, or found problems."],
    ["2", "It was misused; the usage is on standard error."],
    ["130", "It was interrupted."],
  ],
  ENVIRONMENT: [
    [
      "REGISTRY_*",
      "Settings, over those of CONFIG: REGISTRY_HTTP_ADDR stands for http.addr. Flags win over them.",
    ],
    ["NO_COLOR", "Takes the style of headings away, if it is set."],
  ],
  FILES: [
    ["./data", "The store, unless --root or a configuration names another directory."],
    ["/var/lib/registry", "Where distribution's registry keeps its store, which berth can serve."],
  ],
  "SEE ALSO": [["skopeo(1), podman(1), docker(1)", "Clients that push and pull."]],
};

/** The manual page of all commands. */
export function manualPage(commands: readonly Command[]): string {
  return [
    `.TH BERTH 1 "" "berth ${VERSION}" "User Commands"`,
    ".SH NAME",
    "berth \\- container registry in one binary",
    ".SH SYNOPSIS",
    ".B berth",
    ".I COMMAND",
    "[ARGUMENTS]",
    ".SH DESCRIPTION",
    roff(
      "berth serves the Docker Registry HTTP API V2 and the OCI distribution spec 1.1, and keeps its data in the layout " +
        "of distribution's registry. It collects garbage beside a running server, hashes files, and looks into stores.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(commandLines),
    ...Object.entries(SECTIONS).flatMap(([title, rows]) => [
      `.SH "${title}"`,
      ...rows.flatMap(([term, meaning]) => definition(term, meaning)),
    ]),
    "",
  ].join("\n");
}

function commandLines(command: Command): readonly string[] {
  return [
    `.SS "${roff(usageLine({ ...command, flags: [] }))}"`,
    roff(command.summary),
    ...command.flags.flatMap((flag) => definition(flagTitle(flag), `${flagMeaning(flag)}.`)),
    ".PP",
    command.examples.length === 1 ? "Example:" : "Examples:",
    ...command.examples.flatMap(([line, does]) => [
      ".PP",
      ".RS 4",
      ".nf",
      roff(`# ${does}`),
      roff(line),
      ".fi",
      ".RE",
    ]),
  ];
}

function definition(term: string, meaning: string): readonly string[] {
  return [".TP", `.B ${roff(term)}`, roff(meaning)];
}

/** A line of text: nothing in it is taken for a request, an escape, or a hyphen that may be broken at. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll('"', "\\(dq")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replace(/^[.']/, "\\&$&");
}

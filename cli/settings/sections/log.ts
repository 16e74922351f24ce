/**
 * Settings of the log.
 *
 * @module
 */

import { anything, oneOf, text, toggle } from "../kinds.ts";
import { ignored, later, list, map, required, row, section } from "../nodes.ts";

const LEVEL = oneOf("error", "warn", "info", "debug");

/** `loglevel`, the old name of `log.level`. */
export const LOG_LEVEL = row(LEVEL, null, "old name of `log.level`", ignored("say log.level"));

const SMTP = section("the mail server", {
  addr: row(text, null, "host and port"),
  username: row(text, null, "who sends"),
  password: row(text, null, "and their password", { isSecret: true }),
  insecure: row(toggle, "false", "whether its certificate goes unchecked"),
});

const HOOK = section("one hook", {
  type: row(text, null, "`mail`"),
  disabled: row(toggle, "false", "whether it is off"),
  levels: list("levels at which it acts", required(text, "a level")),
  options: section("what it does", {
    smtp: SMTP,
    from: row(text, null, "sender"),
    to: list("receivers", required(text, "a receiver")),
  }, { variable: "MAILOPTIONS" }),
});

export const LOG = section("What the server says of itself.", {
  level: row(
    LEVEL,
    "info",
    "least level that is written",
    later("lines of every level are written"),
  ),
  formatter: row(
    oneOf("text", "json", "logstash"),
    "text",
    "how lines are written",
    later("lines are plain text"),
  ),
  fields: map("added to each line", row(anything, null, "its value"), later("they are left out")),
  accesslog: section("Lines for requests, on stdout.", {
    disabled: row(toggle, "false", "whether there are none", ignored("no access log is written")),
  }),
  hooks: list(
    "what else is done at some levels",
    HOOK,
    later("no mail is sent; let the log collector of the system do that"),
  ),
  reportcaller: row(
    toggle,
    "false",
    "whether lines name the code that wrote them",
    ignored("lines that need it carry a stack"),
  ),
});

/**
 * Settings of the log.
 *
 * @module
 */

import { anything, oneOf, text, toggle } from "../kinds.ts";
import { ignored, list, map, required, row, section } from "../nodes.ts";

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
  level: row(LEVEL, "info", "least level that is written; SIGUSR2 writes all, until the next one"),
  formatter: row(
    oneOf("text", "json", "logstash"),
    "text",
    "how lines are written; unless it is `text`, those of requests are JSON too",
  ),
  fields: map("added to each line that is not in Apache's form", row(anything, null, "its value")),
  accesslog: section("Lines for requests, on stdout.", {
    disabled: row(toggle, "false", "whether there are none"),
  }),
  hooks: list(
    "what else is done at some levels",
    HOOK,
    ignored("no mail is sent; let what collects the logs do that"),
  ),
  reportcaller: row(
    toggle,
    "false",
    "whether lines name the code that wrote them",
    ignored("lines that need it carry a stack"),
  ),
});

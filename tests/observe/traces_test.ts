import { assert, assertEquals } from "@std/assert";
import { makeImage, makeLayer } from "../images.ts";
import { DENO_2_9, testWithPrograms } from "../programs.ts";
import { RegistryClient } from "../push.ts";
import { ask, until, withObserved } from "./server.ts";

/** A span as OTLP over HTTP with JSON has it, as far as it is looked at. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: readonly { key: string; value: { stringValue?: string } }[];
}

/** Takes traces as a collector of OpenTelemetry does. */
async function withCollector(
  body: (url: string, spans: readonly Span[]) => Promise<void>,
): Promise<void> {
  const spans: Span[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: (): void => {} },
    async (request) => {
      const sent = await request.json();
      for (const { scopeSpans } of sent.resourceSpans ?? []) {
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      return Response.json({});
    },
  );
  try {
    await body(`http://127.0.0.1:${server.addr.port}`, spans);
  } finally {
    await server.shutdown();
  }
}

function attribute(span: Span, key: string): string | undefined {
  return span.attributes.find((each) => each.key === key)?.value.stringValue;
}

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";

testWithPrograms(
  [DENO_2_9],
  "berth serve exports spans of requests and of the store where OTEL_DENO asks for them",
  async () => {
    await withCollector(async (url, spans) => {
      const env = {
        OTEL_DENO: "true",
        OTEL_DENO_CONSOLE: "ignore",
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_BSP_SCHEDULE_DELAY: "50",
      };
      await withObserved({ workers: 2, env }, async (server) => {
        const image = makeImage("oci", "amd64", [makeLayer("oci", "gzip", [])]);
        await new RegistryClient(server.url).pushImage("team/app", image, "latest");
        const answer = await ask(`${server.url}/v2/team/app/manifests/latest`, {
          headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` },
        });
        assertEquals(answer.status, 200);
        const request = await until(
          "the span of the request",
          () => spans.find(({ parentSpanId }) => parentSpanId === PARENT_ID) ?? null,
        );
        assertEquals(request.traceId, TRACE_ID);
        assertEquals(request.name, "GET /v2/<name>/manifests/<reference>");
        assertEquals(
          ["http.route", "berth.repository", "berth.request.id"].map((key) =>
            attribute(request, key)
          ),
          [
            "/v2/<name>/manifests/<reference>",
            "team/app",
            answer.headers.get("X-Request-Id") ?? undefined,
          ],
        );
        const actions = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
        assert(actions.some(({ name }) => name === "storage.Stat"));
        assert(actions.every((span) => attribute(span, "berth.storage.driver") === "filesystem"));
        assert(spans.some(({ name }) => name === "PUT /v2/<name>/blobs/uploads/<id>"));
        assert(spans.some(({ name }) => name === "storage.Move"));
      });
    });
  },
);

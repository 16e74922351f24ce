/**
 * Rows of whole clients: images of many layers that are pushed, and pulls and pushes at the same time.
 *
 * @module
 */

import { type Content, makeDocument, MEDIA_TYPES } from "../images.ts";
import { type Content as BenchContent, REPOSITORY, TAG } from "./content.ts";
import { FastClient, manifestFor, newLayer } from "./fast_client.ts";
import { percentile } from "./measure.ts";
import { type Measurement, whole, type Workbench } from "./row.ts";

/** Layers that Docker pushes at a time. */
const LAYERS_AT_ONCE = 5;

/** Of so many operations one is a push. */
const OPERATIONS_TO_A_PUSH = 5;

/** Bytes of the layer that an operation pushes. */
const PUSHED_LAYER_BYTES = 4 * 1024;

/** Images per second of one client. */
export function imagePushes({ scale }: Workbench): Promise<Measurement> {
  return Promise.resolve(({ server }) =>
    FastClient.with(server.host, LAYERS_AT_ONCE, async (clients) => {
      const start = performance.now();
      const end = start + scale.loadSeconds * 1000;
      let images = 0;
      for (; performance.now() < end; images++) {
        const layers = Array.from(
          { length: scale.imageLayers },
          () => newLayer(scale.imageLayerBytes),
        );
        await pushImage(clients, layers);
      }
      return whole(images * 1000 / (performance.now() - start));
    })
  );
}

/** Pushes the layers over all connections, then the config and the manifest. */
async function pushImage(
  clients: readonly FastClient[],
  layers: readonly Content[],
): Promise<void> {
  const waiting = [...layers];
  await Promise.all(clients.map(async (client) => {
    for (let layer = waiting.pop(); layer !== undefined; layer = waiting.pop()) {
      await client.pushBlob(REPOSITORY, layer);
    }
  }));
  const [first] = clients;
  if (first === undefined) throw new Error("There is no client to push with");
  const config = makeDocument(MEDIA_TYPES.oci.config, {
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
  });
  await first.pushBlob(REPOSITORY, config);
  await first.pushManifest(REPOSITORY, manifestFor(config, layers), "pushed");
}

/**
 * Operations per second of many clients, and the milliseconds within which 99 of 100 are done. An operation is a pull of a
 * manifest and a small blob, and each fifth a push of a new small blob with a manifest.
 */
export function mixedTraffic({ scale, content }: Workbench): Promise<Measurement> {
  return Promise.resolve(({ server }) =>
    FastClient.with(server.host, scale.mixedClients, async (clients) => {
      const start = performance.now();
      const end = start + scale.loadSeconds * 1000;
      const times: number[] = [];
      await Promise.all(clients.map(async (client, index) => {
        for (let turn = index; performance.now() < end; turn++) {
          const begun = performance.now();
          await mixedOperation(client, content, turn, `mixed${index}`);
          times.push(performance.now() - begun);
        }
      }));
      const rate = times.length * 1000 / (performance.now() - start);
      return whole(rate, percentile(times, 99));
    })
  );
}

/** One operation of mixed traffic; which one depends on the turn. */
export async function mixedOperation(
  client: FastClient,
  { image, smallBlob }: BenchContent,
  turn: number,
  tag: string,
): Promise<void> {
  if (turn % OPERATIONS_TO_A_PUSH > 0) return await client.pull(REPOSITORY, TAG, smallBlob);
  const layer = newLayer(PUSHED_LAYER_BYTES);
  await client.pushBlob(REPOSITORY, layer);
  await client.pushManifest(REPOSITORY, manifestFor(image.config, [layer]), tag);
}

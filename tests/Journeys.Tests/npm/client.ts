// A program that uses the client generated from the API's document: reads every collection, page by page, and every item of it. The
// compiler refuses it when the document lacks a member, a word or a parameter that it uses.
import createClient from "openapi-fetch";
import type { components, paths } from "./registry.js";

type Schemas = components["schemas"];

/** Reads everything. Returns how many items each collection has, and the paths that were read. */
export async function readAll(baseUrl: string, token: string): Promise<{ read: Record<string, number>; paths: string[] }> {
  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
  const read: Record<string, number> = {};
  const paths = new Set<string>();
  client.use({ onRequest: ({ schemaPath }) => void paths.add(schemaPath) });

  async function collect<T>(name: string, ask: (after?: string) => Promise<{ data?: { items: T[]; next: string | null }; error?: Schemas["Problem"] }>) {
    const all: T[] = [];
    for (let next: string | null | undefined; next !== null; ) {
      const page = required(await ask(next), name);
      all.push(...page.items);
      next = page.next;
    }
    read[name] = all.length;
    return all;
  }

  /** Reads items, eight at a time. */
  async function each<T>(items: T[], ask: (item: T) => Promise<unknown>) {
    for (let from = 0; from < items.length; from += 8) await Promise.all(items.slice(from, from + 8).map(ask));
  }

  const rows: Schemas["Row"][] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const table = required(await client.GET("/api/v1/governance", { params: { query: { limit: 50, after: after ?? undefined } } }), "governance");
    rows.push(...table.rows);
    after = table.next;
  }
  read["governance"] = rows.length;
  const inForce: Schemas["Row"][] = rows.filter((row) => row.status === "in-force" && row.retention.every((one) => one.days === null || one.days >= 0));
  read["in force"] = inForce.length;

  const instruments = await collect("instruments", (after) => client.GET("/api/v1/instruments", { params: { query: { limit: 20, after } } }));
  await each(instruments, async ({ id, versions }) => {
    const path = { id };
    const one: Schemas["Instrument"] = required(await client.GET("/api/v1/instruments/{id}", { params: { path } }), id);
    if (one.versions.length !== versions.length) throw new Error(`${id} has other versions than in the list.`);
    required(await client.GET("/api/v1/instruments/{id}/history", { params: { path } }), id);
    const document = required(await client.GET("/api/v1/documents/{kind}/{id}", { params: { path: { kind: "instrument", id } } }), id);
    if (document.revision !== one.revision) throw new Error(`${id} has another revision as a document.`);
  });
  const technologies = await collect("technologies", (after) => client.GET("/api/v1/technologies", { params: { query: { after } } }));
  await each(technologies, async ({ id }) => {
    required(await client.GET("/api/v1/technologies/{id}", { params: { path: { id } } }), id);
    required(await client.GET("/api/v1/technologies/{id}/history", { params: { path: { id } } }), id);
  });

  const devices = await collect("devices", (after) => client.GET("/api/v1/devices", { params: { query: { limit: 50, after } } }));
  await each(devices, async (device) => {
    const path = { id: device.id };
    const one = required(await client.GET("/api/v1/devices/{id}", { params: { path } }), device.id);
    if ("states" in one) throw new Error("The present was answered as the past.");
    const lifecycle: "planned" | "installed" | "active" | "paused" | "removed" = one.lifecycle;
    const video: "off" | "live" | "recorded" | undefined = one.capture.video;
    if (!lifecycle || (video && !one.sensors.includes("video") && !one.beyond.includes("video"))) throw new Error(`${device.id} records without a sensor.`);
    required(await client.GET("/api/v1/devices/{id}/history", { params: { path } }), device.id);
    required(await client.GET("/api/v1/devices/{id}/availability", { params: { path } }), device.id);
    required(await client.GET("/api/v1/devices/{id}/credentials", { params: { path } }), device.id);
  });
  const fleets = await collect("fleets", (after) => client.GET("/api/v1/fleets", { params: { query: { limit: 5, after } } }));
  await each(fleets, async ({ id }) => {
    const fleet = required(await client.GET("/api/v1/fleets/{id}", { params: { path: { id } } }), id);
    if (JSON.stringify(fleet.kinds) !== JSON.stringify(fleets.filter((one) => one.id === id))) throw new Error(`Fleet ${id} differs from the list.`);
    required(await client.GET("/api/v1/fleets/{id}/history", { params: { path: { id } } }), id);
  });
  // No list names a mobile device: the exchanges before this registered one.
  const mobile = { id: "document-reader-1" };
  required(await client.GET("/api/v1/devices/{id}/acts", { params: { path: mobile } }), mobile.id);
  const departments = await collect("departments", (after) => client.GET("/api/v1/departments", { params: { query: { limit: 2, after } } }));
  await each(departments, async ({ id }) => {
    required(await client.GET("/api/v1/departments/{id}", { params: { path: { id } } }), id);
    required(await client.GET("/api/v1/departments/{id}/history", { params: { path: { id } } }), id);
  });
  const wordings = await collect("wordings", () => client.GET("/api/v1/wordings"));
  await each(wordings, async ({ id, texts }) => {
    const wording = required(await client.GET("/api/v1/wordings/{id}", { params: { path: { id } } }), id);
    if (Object.keys(wording.texts).length !== texts) throw new Error(`The wording ${id} differs from the list.`);
    required(await client.GET("/api/v1/wordings/{id}/history", { params: { path: { id } } }), id);
  });
  const places = await collect("places", (after) => client.GET("/api/v1/places", { params: { query: { limit: 10, after } } }));
  await each(places, async ({ id, fleets: bases }) => {
    const place = required(await client.GET("/api/v1/places/{id}", { params: { path: { id } } }), id);
    const { items: versions } = required(await client.GET("/api/v1/places/{id}/history", { params: { path: { id } } }), id);
    if (versions.at(-1)?.version !== place.version || versions.some((version) => version.retired)) throw new Error(`${id} has another version in its history.`);
    const { notice, hash } = required(await client.GET("/api/v1/places/{id}/notice", { params: { path: { id } } }), id);
    if (notice === null || hash === null || notice.payload.length < 100) throw new Error(`${id} has no notice.`);
    if (bases.some((base) => !fleets.some((fleet) => fleet.id === base))) throw new Error(`${id} names a fleet that is not in the list.`);
  });
  const kiosks = await collect("kiosks", (after) => client.GET("/api/v1/kiosks", { params: { query: { limit: 5, after } } }));
  await each(kiosks, async ({ id }) => {
    required(await client.GET("/api/v1/kiosks/{id}", { params: { path: { id }, query: { asOf: new Date().toISOString() } } }), id);
    required(await client.GET("/api/v1/kiosks/{id}/history", { params: { path: { id } } }), id);
  });

  const gateways = await collect("gateways", (after) => client.GET("/api/v1/gateways", { params: { query: { limit: 5, after } } }));
  await each(gateways, async ({ id, removed }) => {
    required(await client.GET("/api/v1/gateways/{id}", { params: { path: { id } } }), id);
    required(await client.GET("/api/v1/gateways/{id}/history", { params: { path: { id } } }), id);
    if (removed) return; // Its credentials ended with it.
    required(await client.GET("/api/v1/gateways/{id}/credentials", { params: { path: { id } } }), id);
  });
  const changes = await collect("changes", (after) => client.GET("/api/v1/changes", { params: { query: { limit: 50, after } } }));
  await each(changes, async ({ id, state }) => {
    const change = required(await client.GET("/api/v1/changes/{id}", { params: { path: { id } } }), `${id}`);
    if (change.state !== state) throw new Error(`Change ${id} differs from the list.`);
  });
  const imports = await collect("imports", (after) => client.GET("/api/v1/imports", { params: { query: { limit: 5, after } } }));
  await each(imports, async ({ id }) => required(await client.GET("/api/v1/imports/{id}", { params: { path: { id } } }), `${id}`));
  await collect("names", (after) => client.GET("/api/v1/names", { params: { query: { after } } }));
  await collect("holds", (after) => client.GET("/api/v1/holds", { params: { query: { limit: 5, after } } }));
  await collect("withdrawals", (after) => client.GET("/api/v1/withdrawals", { params: { query: { limit: 5, after } } }));
  await collect("readings", (after) => client.GET("/api/v1/audit/readings", { params: { query: { limit: 200, after } } }));
  await collect("security", (after) => client.GET("/api/v1/audit/security", { params: { query: { limit: 200, after } } }));
  const entry = required(await client.GET("/api/v1/log/entries/{index}", { params: { path: { index: 0 } } }), "entry 0");
  if (entry.leafHash.length !== 64) throw new Error("The first entry has no hash.");
  required(await client.GET("/api/v1/ingest"), "ingest");
  const found = required(await client.GET("/api/v1/search", { params: { query: { q: "east", limit: 5 } } }), "search");
  if (!found.items.every(({ kind, name, field, fragment }) => kind && name && field && fragment)) throw new Error("A find does not say why.");
  return { read, paths: [...paths] };
}

function required<T>(answer: { data?: T; error?: Schemas["Problem"] }, what: string): T {
  if (answer.data === undefined) throw new Error(`${what}: ${answer.error?.title}: ${answer.error?.detail}`);
  return answer.data;
}

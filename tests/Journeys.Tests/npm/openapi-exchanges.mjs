// Asks every operation of the API for its success and its main failures, and hands each answer to the validator.

export async function exchange({ address, token, weak, editor, document, answers, decided }) {
  const operations = new Map();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) operations.set(operation.operationId, { path, method: method.toUpperCase(), operation });

  /** Sends a request. `at` fills the path; `as` null sends no token. */
  async function ask(id, { at = {}, query = "", body, type = "application/json", ifMatch, as = token, headers = {} } = {}) {
    const { path, method, operation } = operations.get(id);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => String(at[name] ?? "no-such"));
    const answer = await fetch(`${address}${filled}${query}`, {
      method,
      headers: {
        ...(as && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { "content-type": type }),
        ...(ifMatch && { "if-match": ifMatch }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const etag = answer.headers.get("etag");
    return { status: answer.status, etag, body: await answers.check(operation, answer) };
  }

  async function first(id) {
    return (await ask(id)).body.items[0];
  }

  await readPublic(ask, first);
  await enrol(ask);
  await keepPlaces(ask);
  const check = (id, body) => answers.check(operations.get(id).operation, asSuccess(body));
  await withdraw(ask, check);
  await takeIn(ask);
  await hold(ask, editor);
  await propose(ask, first);
  await readDecided(ask, check, decided);
  await fail(ask, operations, weak);

  const unseen = [];
  for (const [id, { method, path, operation }] of operations) {
    const seen = [...(answers.seen[id] ?? [])];
    if (!seen.some((status) => status < 300)) unseen.push(`${id}: no success`);
    for (const status of [400, 401, 403, 404, 412, 422, 428])
      if (operation.responses[status] && !seen.includes(status) && mustBeSeen(status, { method, path, operation })) unseen.push(`${id}: no ${status}`);
  }
  return unseen;
}

/**
 * Successes that no program can have, because a person decides. What they answer is what programs read of the request afterwards, so that
 * is validated as theirs.
 */
async function readDecided(ask, check, decided) {
  for (const [id, { change, state }] of Object.entries(decided)) {
    const { body } = await ask("getChange", { at: { id: change } });
    if (body.state !== state) throw new Error(`Change ${change} is ${body.state}.`);
    await check(id, body);
  }
}

function asSuccess(body) {
  const headers = { "content-type": "application/json", etag: '"1"', location: "/api/v1" };
  return new Response(JSON.stringify(body), { status: 200, headers });
}

/** The failures that every operation which has them was asked for. */
function mustBeSeen(status, { method, path, operation }) {
  if (status === 403) return !operation.description?.includes("any role");
  if (status === 404) return method === "GET" && path !== "/api/v1/log/tile/{address}";
  if (status === 422) return operation.requestBody?.required === true;
  return true;
}

async function readPublic(ask, first) {
  const table = await ask("getGovernance");
  const again = await ask("getGovernance", { headers: { "if-none-match": table.etag } });
  if (again.status !== 304) throw new Error(`The table that the client has was answered with ${again.status}.`);
  await ask("getGovernance", { query: "?asOf=2026-03-31&knownAt=2999-01-01T00:00:00Z&status=in-force,paused&limit=1" });
  await ask("getGovernance", { query: "?status=lawful" });
  await ask("getGovernanceFile");
  for (const [list, item, history] of [
    ["listInstruments", "getInstrument", "listInstrumentRevisions"],
    ["listTechnologies", "getTechnology", "listTechnologyRevisions"],
    ["listWordings", "getWording", "listWordingRevisions"],
  ])
    for (const { id } of (await ask(list)).body.items) {
      const { etag } = await ask(item, { at: { id } });
      await ask(item, { at: { id }, headers: { "if-none-match": etag } });
      await ask(history, { at: { id } });
      await ask("getDocument", { at: { id, kind: item.slice(3).toLowerCase() } });
    }
  const { id } = await first("listDevices");
  await ask("listDevices", { query: "?presence=online,unknown&exceeds=false&kind=facility-camera&limit=2" });
  await ask("getDevice", { at: { id } });
  const now = new Date().toISOString();
  await ask("getDevice", { at: { id }, query: `?asOf=${now}` });
  await ask("getDevice", { at: { id }, query: `?asOf=${now.slice(0, 4)}-99-99` });
  await ask("listDeviceStates", { at: { id } });
  await ask("getDeviceAvailability", { at: { id } });
  const fleet = await first("listFleets");
  const department = await first("listDepartments");
  const place = await first("listPlaces");
  await ask("getPlace", { at: { id: place.id } });
  await ask("getPlaceNotice", { at: { id: place.id } });
  await ask("getPlaceNotice", { at: { id: place.id }, query: `?at=${now}` });
  const kiosk = await first("listKiosks");
  for (const [noun, { id }] of [["Place", place], ["Kiosk", kiosk], ["Fleet", fleet], ["Department", department]]) {
    const [list, one, versions] = [`list${noun}s`, `get${noun}`, `list${noun}Versions`];
    const { etag } = await ask(one, { at: { id } });
    await ask(one, { at: { id }, headers: { "if-none-match": etag } });
    await ask(one, { at: { id }, query: `?asOf=${now}&knownAt=${now}` });
    await ask(list, { query: `?asOf=${now}` });
    await ask(list, { query: "?asOf=never" });
    await ask(list, { query: "?asOf=1970-01-01" });
    await ask(one, { at: { id }, query: "?knownAt=never" });
    await ask(versions, { at: { id } });
    await ask(versions, { at: { id }, query: "?no=1" });
  }
  await ask("search", { query: `?q=${place.id.split("-")[0]}&limit=5` });
  await ask("search", { query: "?q=%25%25" });
  await ask("getIngest");
  await ask("getLogCheckpoint");
  await ask("getLogKey");
  await ask("getLogTile", { at: { address: "entries/000" } });
  await ask("getLogTile", { at: { address: "0/000" } });
  await ask("getLogEntry", { at: { index: 0 } });
  await ask("getLogEntry", { at: { index: 999999999 } });
  await ask("getLogProof", { query: "?index=0" });
  await ask("getLogProof", { query: "?index=999999999" });
  await ask("listReadings");
  await ask("listSecurityEvents", { query: "?limit=200" });
  await ask("listWithdrawals");
}

/** Registers devices and a gateway, and gives them credentials. What it registers is only planned, so that no notice changes. */
async function enrol(ask) {
  const place = (await ask("listPlaces")).body.items[0].id;
  const { department } = (await ask("listDevices")).body.items[0];
  const gateway = (await ask("registerGateway", { body: { id: "document-gateway", department, reason: "Of a test." } })).body;
  await ask("registerGateway", { body: { id: "document-gateway-2", department, reason: "Of a test." } });
  await ask("listGateways");
  await ask("listGatewayVersions", { at: { id: gateway.id } });
  await ask("getGateway", { at: { id: gateway.id } });
  const known = await ask("getGateway", { at: { id: gateway.id } });
  await ask("getGateway", { at: { id: gateway.id }, headers: { "if-none-match": known.etag } });
  const id = "document-camera-1";
  const camera = { id, kind: "facility-camera", sensors: ["video"], place, department, lifecycle: "planned", reason: "Of a test." };
  await ask("registerDevice", { body: camera, headers: { "idempotency-key": "document-1" } });
  await ask("registerDevice", { body: camera, headers: { "idempotency-key": "document-1" } });
  await ask("registerDevice", { body: { ...camera, place: "nowhere" } });
  const mobile = { id: "document-reader-1", kind: "alpr-patrol", sensors: ["plates"], fleet: "document-fleet", department, lifecycle: "planned", reason: "Of a test." };
  await ask("registerDevice", { body: mobile });
  await ask("listMobileDeviceActs", { at: { id: mobile.id } });
  await ask("getDevice", { at: { id: mobile.id } });
  await ask("getFleet", { at: { id: mobile.fleet } });
  await ask("forgetDeviceEpoch", { at: { id }, body: { reason: "Of a test." } });
  for (const [holder, kind] of [[id, "Device"], [gateway.id, "Gateway"]]) {
    await ask(`issue${kind}Credential`, { at: { id: holder }, body: { kind: "secret", reason: "Of a test." } });
    const all = await ask(`list${kind}Credentials`, { at: { id: holder } });
    await ask(`end${kind}Credential`, { at: { id: holder, number: all.body.items.at(-1).number }, body: { reason: "Of a test." } });
    await ask(`issue${kind}Credential`, { at: { id: holder }, body: { kind: "hat" } });
  }
  const claim = (await ask("issueDeviceCredential", { at: { id }, body: { kind: "claim", reason: "Of a test." } })).body;
  await ask("useClaimCode", { as: null, body: { code: claim.code } });
  await ask("useClaimCode", { as: null, body: { code: "no such code" } });
  await ask("useClaimCode", { as: null, body: "{" });
  const change = { deadlineSeconds: 60, reason: "Of a test." };
  await ask("changeDevice", { at: { id }, body: change });
  await ask("changeDevice", { at: { id }, body: change, ifMatch: '"999"' });
  await ask("changeDevice", { at: { id }, body: { sensors: [] }, ifMatch: '"1"' });
  await ask("changeDevice", { at: { id }, body: { ...change, lifecycle: "removed" }, ifMatch: '"1"' });
  await ask("getDevice", { at: { id }, as: null });
  const removed = { removed: true, reason: "Of a test." };
  await ask("changeGateway", { at: { id: gateway.id }, body: removed });
  await ask("changeGateway", { at: { id: gateway.id }, body: removed, ifMatch: '"999"' });
  await ask("changeGateway", { at: { id: gateway.id }, body: { no: 1 }, ifMatch: '"1"' });
  await ask("changeGateway", { at: { id: gateway.id }, body: removed, ifMatch: '"1"' });
  const confirmed = await ask("confirmDeviceAbsence", { at: { id }, body: { place, reason: "Of a test." } });
  if (confirmed.status < 300) throw new Error("A program confirmed on the spot.");
}

/** Adds a place with a screen, and a fleet, changes them and retires them. */
async function keepPlaces(ask) {
  const { department } = (await ask("listDevices")).body.items[0];
  const place = { id: "document-corner", name: "Corner", address: "1 Main St", area: "the corner", reason: "Of a test." };
  const screen = { id: "document-screen", place: place.id, reason: "Of a test." };
  const fleet = { id: "document-patrol", name: "Patrol", department, places: [], reason: "Of a test." };
  for (const [noun, body, change] of [["Place", place, { name: "The corner" }], ["Kiosk", screen, { retired: true }], ["Fleet", fleet, { retired: true }]]) {
    const at = { id: body.id };
    await ask(`register${noun}`, { body });
    await ask(`register${noun}`, { body });
    const changed = { ...change, reason: "Of a test." };
    await ask(`change${noun}`, { at, body: changed });
    await ask(`change${noun}`, { at, body: changed, ifMatch: '"999"' });
    await ask(`change${noun}`, { at, body: change, ifMatch: '"1"' });
    await ask(`change${noun}`, { at, body: changed, ifMatch: '"1"' });
  }
  await ask("changePlace", { at: { id: place.id }, body: { retired: true, reason: "Of a test." }, ifMatch: '"2"' });
  await ask("getPlace", { at: { id: place.id } });
  await ask("getKiosk", { at: { id: screen.id } });
}

/**
 * Strikes a sensor at a place of its own. Only a person confirms on the spot that it is gone. That act answers what still waits of the
 * device, as the list of all that wait does, so that is validated as its answer.
 */
async function withdraw(ask, check) {
  const { department } = (await ask("listDevices")).body.items[0];
  const reason = "Of a test.";
  const place = "document-yard";
  await ask("registerPlace", { body: { id: place, name: "Yard", address: "2 Main St", area: "the yard", reason } });
  const id = "document-camera-2";
  await ask("registerDevice", { body: { id, kind: "facility-camera", sensors: ["video", "audio"], place, department, lifecycle: "active", reason } });
  await ask("changeDevice", { at: { id }, body: { sensors: ["video"], reason }, ifMatch: '"1"' });
  const waiting = (await ask("listWithdrawals")).body.items.find((one) => one.device === id);
  if (!waiting) throw new Error("A struck sensor does not wait for its confirmation.");
  await check("confirmDeviceAbsence", waiting);
}

/** Places a legal hold, which stays: only a person ends one. */
async function hold(ask, editor) {
  await ask("placeHold", { body: {}, as: editor });
  await ask("placeHold", { body: { records: "security-log", reference: "Of a test." } });
  await ask("placeHold", { body: { records: "security-log" } });
  await ask("listHolds");
}

/** Takes a list in, and takes it back. */
async function takeIn(ask) {
  const reason = "Of a test.";
  await ask("addName", { body: { list: "vendors", name: "Document Cameras", reason } });
  await ask("addName", { body: { list: "vendors", name: "", reason } });
  await ask("listNames");
  const place = (await ask("listPlaces")).body.items[0].id;
  const { department } = (await ask("listDevices")).body.items[0];
  const mapping = {
    list: "document-cameras",
    columns: { name: "Corner", assetNumber: "No", latitude: "Lat", longitude: "Lon" },
    defaults: { kind: "traffic-camera", sensors: "video", place, department, lifecycle: "planned" },
  };
  const rows = "D-1,A,47.6001,-122.3301\nD-2,B,47.60011,-122.33011\n";
  const sent = await ask("sendImport", { body: { name: "cameras.csv", text: `No,Corner,Lat,Lon\n${rows}`, mapping } });
  await ask("sendImport", { body: {} });
  const at = { id: sent.body.id };
  await ask("listImports");
  await ask("getImport", { at });
  const decided = { decisions: { rows: [{ row: 3, take: "new" }] } };
  await ask("decideImport", { at, body: decided });
  await ask("decideImport", { at, body: decided, ifMatch: '"999"' });
  await ask("decideImport", { at, body: { mapping: { list: "" } , decisions: 1 }, ifMatch: sent.etag });
  const ready = await ask("decideImport", { at, body: decided, ifMatch: sent.etag });
  await ask("commitImport", { at, body: { reason } });
  await ask("commitImport", { at, body: { reason }, ifMatch: '"999"' });
  await ask("commitImport", { at, body: { ...decided, reason }, ifMatch: ready.etag });
  await ask("commitImport", { at, body: { reason }, ifMatch: ready.etag });
  await ask("getImport", { at });
  await ask("undoImport", { at, body: { reason } });
  await ask("undoImport", { at, body: { reason } });
}

/** Proposes a change and takes it back; nothing is decided. */
async function propose(ask) {
  const row = (await ask("getGovernance", { query: "?status=in-force" })).body.rows.find((one) => one.version !== null && one.retention.length > 0);
  const { revision } = (await ask("getInstrument", { at: { id: row.instrument.id } })).body;
  const body = {
    reason: "Of a test of the document.",
    source: { title: "The text, as published", url: null, readOn: "2026-11-23", confidence: "sourced" },
    rows: [{ instrument: row.instrument.id, technology: row.technology.id, version: row.version, base: revision, values: { note: "Of a test of the document." } }],
  };
  const drafted = await ask("draftChange", { body });
  const at = { id: drafted.body.id };
  await ask("draftChange", { body: { rows: 1 } });
  await ask("getChange", { at });
  await ask("listChanges", { query: "?state=draft&limit=2" });
  await ask("reviseChange", { at, body });
  await ask("reviseChange", { at, body: "{", ifMatch: drafted.etag });
  await ask("reviseChange", { at, body, ifMatch: '"999"' });
  let { etag } = await ask("reviseChange", { at, body: { ...body, reason: "Of the same test." }, ifMatch: drafted.etag });
  for (const act of ["submitChange", "withdrawChange", "reopenChange", "approveChange", "rejectChange"]) {
    await ask(act, { at, body: {} });
    await ask(act, { at, body: {}, ifMatch: '"999"' });
    const done = await ask(act, { at, body: { note: "Of a test." }, ifMatch: etag });
    etag = done.etag ?? etag;
  }
  await ask("withdrawChange", { at, body: {}, ifMatch: etag });
  const table = await ask("draftChangeFromFile", { query: "?name=table.csv&reason=test", body: "no,such\n1,2\n", type: "text/csv" });
  if (table.status !== 422) throw new Error(`A file without meaning was answered with ${table.status}.`);
  await ask("draftChangeFromFile", { query: "?name=table.csv&reason=test", body: (await ask("getGovernanceFile")).body, type: "text/csv" });
}

/** What every operation refuses. */
async function fail(ask, operations, weak) {
  for (const [id, { operation, method, path }] of operations) {
    const isStaff = (operation.security ?? []).length > 0;
    const at = { number: 1, index: 1, kind: "instrument", address: "0/000", ...(path.includes("/changes/") && { id: 999999999 }) };
    const body = method === "GET" ? undefined : {};
    await ask(id, { at, body, query: "?no-such=1" });
    if (isStaff) await ask(id, { at, body, as: null });
    if (isStaff && !operation.description.includes("any role")) await ask(id, { at, body, as: weak });
    const isFound = await ask(id, { at: { ...at, kind: "no-such", index: 999999999 }, body, ifMatch: method === "GET" ? undefined : '"1"' });
    if (path.includes("{id}") && isFound.status < 300) throw new Error(`${id} found what never was.`);
  }
}

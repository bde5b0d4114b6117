// Asks the registry which notice is in force, and fetches it. Only a signed confirmation with the nonce of the request confirms a notice:
// a 304, a cached answer or a replayed notice confirms nothing. Anything else is discarded, and the screen's confirmation grows old.

import { clock } from "./clock.js";
import { newNonce, verify } from "./signature.js";

/** How often a notice is fetched because another one was issued meanwhile. */
const attempts = 3;

/** The registry answered that this screen has no notice: "unpaired" for 404, "closed" for 410. */
export class NoScreen extends Error {
  constructor(state) {
    super(`The registry calls this screen ${state}.`);
    this.state = state;
  }
}

export class NoticeSource {
  #kiosk; #fetched = null; #newest = new Map();

  /** The hash of the notice that the registry last called in force. */
  inForce = null;

  constructor(kiosk) {
    this.#kiosk = kiosk;
  }

  /** Returns the notice in force, with the confirmation and when it was asked for; throws when nothing could be confirmed. */
  async confirm(signal) {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const sent = clock();
      const confirmation = await this.#ask(signal);
      this.inForce = confirmation.hash;
      if (this.#fetched?.hash !== confirmation.hash) this.#fetched = await this.#fetch(confirmation.place, signal);
      const { payload, hash, key } = this.#fetched;
      if (hash !== confirmation.hash) continue;
      if (payload.place !== confirmation.place || payload.sequence !== confirmation.sequence) throw new Error("The confirmation is of another notice.");
      this.#mustNotGoBack(key, payload);
      return { payload, hash, sent, at: confirmation.at, glass: confirmation.glass, validSeconds: Math.min(payload.validSeconds, confirmation.validSeconds) };
    }
    throw new Error("The registry sends another notice than it confirms.");
  }

  async #ask(signal) {
    const nonce = newNonce();
    const { payload } = await this.#get(`confirmation?nonce=${nonce}`, "surveillance-confirmation+json", signal);
    if (payload.nonce !== nonce) throw new Error("The confirmation answers another request.");
    if (payload.kiosk !== this.#kiosk) throw new Error("The confirmation is of another kiosk.");
    if (!(payload.validSeconds > 0)) throw new Error("The confirmation does not say how long it holds.");
    return payload;
  }

  async #fetch(place, signal) {
    const notice = await this.#get("notice", "surveillance-notice+json", signal);
    if (notice.payload.place !== place) throw new Error("The notice is of another place.");
    mustBeComplete(notice.payload);
    return notice;
  }

  async #get(path, type, signal) {
    const address = `/kiosks/${encodeURIComponent(this.#kiosk)}/${path}`;
    const answer = await fetch(address, { signal, cache: "no-store", credentials: "omit" });
    // Only the registry answers with problem details; the answer of a proxy is ignored.
    const isRegistry = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
    if (isRegistry && answer.status === 410) throw new NoScreen("closed");
    if (isRegistry && answer.status === 404) throw new NoScreen("unpaired");
    if (answer.status !== 200) throw new Error(`The registry answered ${answer.status}.`);
    return verify(await answer.json(), type, signal);
  }

  /** The newest notice is stored over restarts; a screen without storage has it in memory. Of equal sequences the later one is newer. */
  #mustNotGoBack(key, { place, sequence, issuedAt }) {
    const name = `notice-sequence ${key} ${place}`;
    const [newest, newestAt = ""] = this.#newest.get(name) ?? stored(name);
    if (sequence < newest || sequence === newest && issuedAt < newestAt)
      throw new Error(`Notice ${sequence} is older than notice ${newest}, which was seen before.`);
    this.#newest.set(name, [sequence, issuedAt]);
    try { localStorage.setItem(name, `${sequence} ${issuedAt}`); } catch { /* In memory only. */ }
  }
}

function stored(name) {
  try {
    const [sequence, issuedAt] = (localStorage.getItem(name) ?? "").split(" ");
    return [Number(sequence) || 0, issuedAt];
  } catch { return [0]; }
}

/** Refuses a signed notice that this screen could not draw completely. */
function mustBeComplete(payload) {
  const isComplete = Number.isSafeInteger(payload.sequence) && payload.validSeconds > 0 && !Number.isNaN(Date.parse(payload.issuedAt))
    && [payload, payload.worst].every(face => Array.isArray(face?.facts) && Object.keys(face.languages ?? {}).length > 0
      && Object.values(face.languages).every(text => text.facts?.length === face.facts.length && Array.isArray(text.firstLayer)
        && Array.isArray(text.secondLayer) && (text.firstView === undefined || hasEveryFact(text.firstView, face.facts.length))));
  if (!isComplete) throw new Error("The notice has a shape that this screen cannot show.");
}

/** Whether the first view names every fact once, and nothing else: what it left out would be missing on the glass. */
function hasEveryFact(view, count) {
  const named = view.rows?.flatMap(row => row.states?.flatMap(state => state.facts)) ?? [];
  return typeof view.headline === "string" && view.headline !== "" && Array.isArray(view.items)
    && named.length === count && new Set(named).size === count && named.every(fact => Number.isInteger(fact) && fact >= 0 && fact < count);
}

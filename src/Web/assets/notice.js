// Fetches the notice of a place. Accepts it only when it is signed with one of the City's keys, is of this place, and its sequence is not
// lower than one seen before. Anything else is discarded: the caller gets no confirmation, and the screen's confirmation grows old.

const decoder = new TextDecoder("utf-8", { fatal: true });

function bytesOf(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}

const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, "0")).join("");

/** The registry answered that this screen has no notice: "unpaired" for 404, "closed" for 410. */
export class NoScreen extends Error {
  constructor(state) {
    super(`The registry calls this screen ${state}.`);
    this.state = state;
  }
}

export class NoticeSource {
  #kiosk; #place; #keys = new Map(); #highest = new Map(); #held = null;

  constructor(kiosk, place) {
    this.#kiosk = kiosk;
    this.#place = place;
  }

  /** Requests the notice. Returns the verified notice that is in force now; throws when there is none or it cannot be verified. */
  async confirm(signal) {
    const headers = this.#held ? { "If-None-Match": `"${this.#held.hash}"` } : {};
    const answer = await fetch(`/kiosks/${this.#kiosk}/notice`, { headers, signal, cache: "no-store", credentials: "omit" });
    if (answer.status === 304 && this.#held) return this.#held;
    // Only the registry answers with problem details; the answer of a proxy is ignored.
    const isRegistry = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
    if (isRegistry && answer.status === 410) throw new NoScreen("closed");
    if (isRegistry && answer.status === 404) throw new NoScreen("unpaired");
    if (answer.status !== 200) throw new Error(`The registry answered ${answer.status}.`);
    this.#held = await this.#verify(await answer.json(), signal);
    return this.#held;
  }

  async #verify(jws, signal) {
    const header = JSON.parse(decoder.decode(bytesOf(jws.protected)));
    if (header.alg !== "ES256" || header.crit) throw new Error("The notice is not signed with ES256.");
    const key = await this.#key(header.kid, signal);
    const signed = new TextEncoder().encode(`${jws.protected}.${jws.payload}`);
    if (!await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytesOf(jws.signature), signed)) throw new Error("The signature of the notice is not valid.");
    const bytes = bytesOf(jws.payload);
    const payload = JSON.parse(decoder.decode(bytes));
    if (payload.place !== this.#place) throw new Error("The notice is of another place.");
    mustBeComplete(payload);
    this.#mustNotGoBack(header.kid, payload);
    return { payload, hash: hex(await crypto.subtle.digest("SHA-256", bytes)) };
  }

  /** The highest sequence is stored over restarts; a screen without storage has it in memory. */
  #mustNotGoBack(kid, { place, sequence }) {
    const name = `notice-sequence ${kid} ${place}`;
    const highest = Math.max(this.#highest.get(name) ?? 0, storedNumber(name));
    if (sequence < highest) throw new Error(`Notice ${sequence} is older than notice ${highest}, which was seen before.`);
    this.#highest.set(name, sequence);
    try { localStorage.setItem(name, sequence); } catch { /* In memory only. */ }
  }

  async #key(id, signal) {
    if (!this.#keys.has(id)) {
      const answer = await fetch("/.well-known/jwks.json", { signal, cache: "no-store", credentials: "omit" });
      if (!answer.ok) throw new Error(`The City's keys could not be fetched: ${answer.status}.`);
      const { keys } = await answer.json();
      for (const { kid, kty, crv, x, y } of keys.filter(key => key.kty === "EC" && key.crv === "P-256"))
        this.#keys.set(kid, await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]));
    }
    if (!this.#keys.has(id)) throw new Error("The key of the notice is not one of the City's.");
    return this.#keys.get(id);
  }
}

function storedNumber(name) {
  try { return Number(localStorage.getItem(name)) || 0; } catch { return 0; }
}

/** Refuses a signed notice that this screen could not draw completely. */
function mustBeComplete(payload) {
  const isComplete = Number.isSafeInteger(payload.sequence) && payload.validSeconds > 0
    && [payload, payload.worst].every(face => Array.isArray(face?.facts) && Object.keys(face.languages ?? {}).length > 0
      && Object.values(face.languages).every(text => text.facts?.length === face.facts.length && Array.isArray(text.firstLayer)));
  if (!isComplete) throw new Error("The notice has a shape that this screen cannot show.");
}

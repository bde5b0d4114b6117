// Fetches a place's notice and believes it only when its signature is the City's, its place is this one and its number is not lower
// than one seen before. What cannot be verified is thrown away; the caller then has no confirmation, and time does the rest.

const decoder = new TextDecoder("utf-8", { fatal: true });

function bytesOf(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}

const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, "0")).join("");

export class NoticeSource {
  #kiosk; #place; #keys = new Map(); #held = null;

  constructor(kiosk, place) {
    this.#kiosk = kiosk;
    this.#place = place;
  }

  /** Asks the registry. Returns the verified notice that is in force now; throws when there is none to be had or believed. */
  async confirm(signal) {
    const headers = this.#held ? { "If-None-Match": `"${this.#held.hash}"` } : {};
    const answer = await fetch(`/kiosks/${this.#kiosk}/notice`, { headers, signal, cache: "no-store", credentials: "omit" });
    if (answer.status === 304 && this.#held) return this.#held;
    if (answer.status === 410) throw new ClosedError();
    if (!answer.ok) throw new Error(`The registry answered ${answer.status}.`);
    this.#held = await this.#verify(await answer.json(), signal);
    return this.#held;
  }

  async #verify(jws, signal) {
    const header = JSON.parse(decoder.decode(bytesOf(jws.protected)));
    if (header.alg !== "ES256" || header.crit) throw new Error("The notice is not signed as agreed.");
    const key = await this.#key(header.kid, signal);
    const signed = new TextEncoder().encode(`${jws.protected}.${jws.payload}`);
    if (!await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytesOf(jws.signature), signed)) throw new Error("The notice's signature is not the City's.");
    const bytes = bytesOf(jws.payload);
    const payload = JSON.parse(decoder.decode(bytes));
    if (payload.place !== this.#place) throw new Error("The notice is another place's.");
    const seen = `notice-sequence ${header.kid} ${payload.place}`;
    if (payload.sequence < Number(localStorage.getItem(seen) ?? 0)) throw new Error("The notice is older than one shown before.");
    localStorage.setItem(seen, payload.sequence);
    return { payload, hash: hex(await crypto.subtle.digest("SHA-256", bytes)) };
  }

  async #key(id, signal) {
    if (!this.#keys.has(id)) {
      const answer = await fetch("/.well-known/jwks.json", { signal, cache: "no-store", credentials: "omit" });
      const { keys } = await answer.json();
      for (const key of keys.filter(key => key.kty === "EC" && key.crv === "P-256")) {
        const { kty, crv, x, y } = key;
        this.#keys.set(key.kid, await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]));
      }
    }
    if (!this.#keys.has(id)) throw new Error("The notice's key is not one of the City's.");
    return this.#keys.get(id);
  }
}

export class ClosedError extends Error {}

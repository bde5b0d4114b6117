// Verifies what the registry signs: a JWS in flattened JSON serialization, ES256, by one of the City's keys.

const decoder = new TextDecoder("utf-8", { fatal: true });
const keys = new Map();

function bytesOf(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}

const hex = bytes => Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, "0")).join("");

/** A random text that no answer to an earlier request can hold. */
export function newNonce() {
  const random = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...random)).replaceAll("+", "-").replaceAll("/", "_");
}

/** Returns the payload, its hash and the id of its key. Throws when it is not of the type, or not signed by the City. */
export async function verify(jws, type, signal) {
  const header = JSON.parse(decoder.decode(bytesOf(jws.protected)));
  if (header.alg !== "ES256" || header.crit) throw new Error(`A ${type} is not signed with ES256.`);
  if (header.typ !== type) throw new Error(`A ${type} was expected, and ${header.typ} came.`);
  const key = await keyOf(header.kid, signal);
  const signed = new TextEncoder().encode(`${jws.protected}.${jws.payload}`);
  const isValid = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytesOf(jws.signature), signed);
  if (!isValid) throw new Error(`The signature of a ${type} is not valid.`);
  const bytes = bytesOf(jws.payload);
  return { payload: JSON.parse(decoder.decode(bytes)), hash: hex(await crypto.subtle.digest("SHA-256", bytes)), key: header.kid };
}

async function keyOf(id, signal) {
  if (!keys.has(id)) {
    const answer = await fetch("/.well-known/jwks.json", { signal, cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Error(`The City's keys could not be fetched: ${answer.status}.`);
    const published = (await answer.json()).keys.filter(key => key.kty === "EC" && key.crv === "P-256");
    for (const { kid, kty, crv, x, y } of published)
      keys.set(kid, await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]));
  }
  if (!keys.has(id)) throw new Error("The key of the notice is not one of the City's.");
  return keys.get(id);
}

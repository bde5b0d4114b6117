// Verifies a notice against a key set with a JWS library that nobody here wrote, then refuses it with one byte changed.
// Usage: node verify.mjs ADDRESS PLACE
import { flattenedVerify, createRemoteJWKSet } from "jose";

// Node 18, which Debian 12 has, keeps Web Crypto in a module.
globalThis.crypto ??= (await import("node:crypto")).webcrypto;

const [address, place] = process.argv.slice(2);
const { notice, hash } = await (await fetch(`${address}/api/v1/places/${place}/notice`)).json();
const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", address));
const { payload, protectedHeader } = await flattenedVerify(notice, keys, { algorithms: ["ES256"] });
const { createHash } = await import("node:crypto");
if (createHash("sha256").update(payload).digest("hex") !== hash) throw new Error("The hash is not that of the payload.");
if (JSON.parse(new TextDecoder().decode(payload)).place !== place) throw new Error("The notice is another place's.");

const at = notice.payload.length >> 1;
const flipped = { ...notice, payload: notice.payload.slice(0, at) + (notice.payload[at] === "A" ? "B" : "A") + notice.payload.slice(at + 1) };
let refused = false;
try { await flattenedVerify(flipped, keys); } catch { refused = true; }
if (!refused) throw new Error("A changed byte was accepted.");
console.log(`verified ${protectedHeader.alg} ${protectedHeader.kid}, refused flipped`);

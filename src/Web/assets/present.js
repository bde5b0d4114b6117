// A page that speaks of the present. The registry confirms it again and again, and it is renewed in place. After two missed confirmations
// each part that speaks of the present says its worst case, which the registry wrote into the page beforehand.

import { ageOf, clock, haveClocksParted } from "./clock.js";
import { morph } from "./morph.js";
import { newNonce } from "./signature.js";

const root = document.documentElement;
const main = document.querySelector("main");
const announcement = main.querySelector("[data-announce]");
const hold = main.querySelector("[data-hold]");
const expected = 15_000;                             // A confirmation is expected this often, in milliseconds.
const patience = 5_000;                              // The longest that one request may take.
const trusted = 2 * expected + patience;             // Two missed confirmations.
const tolerance = 5_000;                             // By how much the clocks of two servers may differ.
const pauses = { first: 1_000, longest: expected };  // Between requests that fail.
const jitter = milliseconds => milliseconds * (0.8 + Math.random() / 5);
const timeOf = page => page.querySelector(".as-of time[data-as-of]");

let confirmed = firstConfirmation();   // The time that the registry stated last, when it was asked, and when it had answered.
let isTimeKnown = true;                // Whether the age of the confirmation is known.
let isFallen = false;                  // Whether the page says its worst case.
let isHeld = false;                    // Whether the reader stopped the renewal.
let asking = null;
let pause = pauses.first;
let next = 0;                          // The timer of the next request.

/** A page that was long on its way, or lay in a store, is as old as the time that it states. */
function firstConfirmation() {
  const at = Date.parse(timeOf(document).dataset.asOf);
  return { at, sent: { steady: performance.now(), wall: Math.min(Date.now(), at) }, answered: performance.now() };
}

async function confirm() {
  clearTimeout(next);
  if (asking || isHeld || document.hidden) return;
  const mine = asking = { sent: clock() };
  let wait = expected;
  try {
    const page = await ask(mine.sent);
    // An answer that was on its way while the clocks parted has no known age.
    if (mine.isDoubtful) wait = 0;
    else renew(page, mine.sent);
    pause = pauses.first;
  } catch (failure) {
    console.warn(failure.message);
    wait = pause;
    pause = Math.min(pause * 2, pauses.longest);
  }
  asking = null;
  next = setTimeout(confirm, jitter(wait));
  show();
}

/** Asks for this page. Only an answer with the nonce of the request, and of a time that can be now, confirms anything. */
async function ask(sent) {
  const address = new URL(location.href);
  const nonce = newNonce();
  address.searchParams.set("nonce", nonce);
  const answer = await fetch(address, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(patience) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const time = timeOf(page);
  if (time?.dataset.nonce !== nonce) throw new Error(`The answer (${answer.status}) is not one to this request.`);
  const soonest = confirmed.at + (sent.steady - confirmed.answered) - tolerance;
  if (!(Date.parse(time.dataset.asOf) >= soonest)) throw new Error(`The answer is old: it is of ${time.dataset.asOf}.`);
  return page;
}

function renew(page, sent) {
  const wasFallen = isFallen;
  morph(main, page.querySelector("main"));
  confirmed = { at: Date.parse(timeOf(page).dataset.asOf), sent, answered: performance.now() };
  [isTimeKnown, isFallen] = [true, false];
  root.dataset.state = "current";
  if (wasFallen) announce();
}

/** Brings the page up to date: what is no longer confirmed is no longer said. */
function show() {
  if (haveClocksParted()) {
    isTimeKnown = false;
    if (asking) asking.isDoubtful = true;
    fall();
    confirm();
  }
  if (!isTimeKnown || ageOf(confirmed.sent) > trusted) fall();
}

/** Every part that speaks of the present says its worst case. */
function fall() {
  if (isFallen) return;
  isFallen = true;
  root.dataset.state = "unconfirmed";
  for (const worst of main.querySelectorAll("template[data-worst]")) morph(worst.previousElementSibling, worst.content.firstElementChild);
  announce();
}

/** Says aloud that the page began or ceased to be confirmed; not each time that it is renewed. */
function announce() {
  if (!document.hidden) announcement.textContent = main.querySelector(".as-of .stated").textContent;
}

/** What stands in the page while it is put away may be old when it comes back. */
function putAway() {
  isTimeKnown = false;
  fall();
}

hold.addEventListener("click", () => {
  isHeld = !isHeld;
  [hold.textContent, hold.dataset.hold] = [hold.dataset.hold, hold.textContent];
  confirm();
});
addEventListener("pagehide", putAway);
document.addEventListener("freeze", putAway);
addEventListener("pageshow", event => { if (event.persisted) confirm(); });
addEventListener("online", confirm);
document.addEventListener("visibilitychange", () => { show(); confirm(); });
setInterval(show, 1_000);
hold.hidden = false;
root.dataset.state = "current";
next = setTimeout(confirm, jitter(expected));
show();
if (isFallen) confirm();

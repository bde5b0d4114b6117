// A screen shows the notice that the registry confirmed, and the age of that confirmation. After two missed confirmations, or after the time
// that the notice says, it shows the worst case until the next one.

import { NoticeSource, NoScreen } from "./notice.js";
import { clock, ageOf, haveClocksParted } from "./clock.js";
import { announce, blank, draw, drawLanguages, part, say, sayInLanguages, sayTime } from "./draw.js";
import { arrange, turn } from "./layout.js";
import { remeasure } from "./measure.js";
import { ageText, textOf, timeText, withEnglish } from "./texts.js";

const root = document.documentElement;
const { kiosk, zone } = root.dataset;
const source = new NoticeSource(kiosk);
const expected = 15_000;                             // A confirmation is expected this often, in milliseconds.
const patience = 5_000;                              // The longest that one request may take.
const trusted = 2 * expected + patience;             // Two missed confirmations.
const pauses = { first: 1_000, longest: 8_000 };     // Between requests that fail.

let notice = null;          // What was last confirmed: payload, hash, when it was asked for and answered, and for how long it holds.
let isTimeKnown = true;     // Whether the age of the confirmation is known.
let isReplaced = false;     // Whether another notice is in force, and fetching it failed.
let refused = null;         // "closed" or "unpaired" when the registry said so.
let hasAnswer = false;
let language = root.lang;
let drawn = "";             // What is on screen: whether it is current, hash and language.
let pause = pauses.first;
let next = 0;               // The timer of the next request.
let asking = null;
let hints = null;           // The stream of hints of the place whose notice the screen shows.

const jitter = milliseconds => milliseconds * (0.8 + Math.random() / 5);

async function confirm() {
  clearTimeout(next);
  if (asking) { asking.again = true; return; }
  const mine = asking = { again: false };
  let wait;
  try {
    const confirmed = await source.confirm(AbortSignal.timeout(patience));
    // An answer that was on its way while the clocks parted has no known age.
    if (!mine.isDoubtful) {
      const isMoved = notice !== null && notice.payload.place !== confirmed.payload.place;
      [notice, isTimeKnown, isReplaced, refused] = [confirmed, true, false, null];
      if (isMoved) follow();
      // Registries before 2026-11-30 say nothing of the glass.
      if (confirmed.glass !== undefined && remeasure(confirmed.glass)) arrange();
      if (root.dataset.whole === "false") window.loadScreen(`/kiosks/${kiosk}${location.search}`);
    }
    pause = pauses.first;
    wait = mine.isDoubtful ? 0 : expected;
  } catch (failure) {
    refused = failure instanceof NoScreen ? failure.state : null;
    isReplaced = notice !== null && source.inForce !== notice.hash;
    console.warn(failure.message);
    wait = pause;
    pause = Math.min(pause * 2, pauses.longest);
  }
  asking = null;
  hasAnswer = true;
  next = setTimeout(confirm, mine.again ? 0 : jitter(wait));
  show();
}

/** Brings the screen up to date. Whatever goes wrong, the screen does not go on saying what it said. */
function show() {
  try {
    if (haveClocksParted()) {
      isTimeKnown = false;
      if (asking) asking.isDoubtful = true;
      confirm();
    }
    showNow();
    window.screenBeat = performance.now();
  } catch (fault) {
    console.error(fault);
    blank(textOf("screen.never", language));
    drawn = "";
  }
}

function showNow() {
  const age = notice ? ageOf(notice.sent) : Infinity;
  const isConfirmed = notice !== null && isTimeKnown && age <= Math.min(notice.validSeconds * 1_000, trusted);
  // A notice that another one replaced is not true, however fresh: while the other is fetched it may stand, not after that failed.
  const isCurrent = !refused && isConfirmed && !isReplaced && (asking !== null || source.inForce === notice.hash);
  const own = (key, values) => textOf(key, language, values);
  const state = refused ?? (isCurrent ? "current" : "unconfirmed");
  const hasChanged = root.dataset.state !== state;
  root.dataset.state = state;
  delete root.dataset.lost;
  if (notice) drawNotice(isCurrent);
  else say("title", own("screen.title.worst"));
  say("standing", own(`screen.${refused ?? standing(isCurrent)}`));
  if (notice) sayTime("age", isTimeKnown ? own(isCurrent ? "screen.confirmed.age" : "screen.age", { age: ageText(age, language) }) : own("screen.time.unconfirmed"), notice.at);
  sayOnPaper(isCurrent, own);
  say("nothing", notice || !hasAnswer ? "" : own("screen.never.more"));
  const sample = document.querySelector(".sample");
  if (sample) sayInLanguages(sample, withEnglish("scope.sample", language));
  if (hasChanged) arrange();
  turn(language);
}

/** The text that says how far the screen can be trusted, when the registry did not refuse it. */
function standing(isCurrent) {
  if (isCurrent) return "confirmed";
  if (notice) return "unconfirmed";
  return hasAnswer ? "never" : "connecting";
}

/** What paper says in place of "now": it does not change when a device begins to record. */
function sayOnPaper(isCurrent, own) {
  const time = notice ? timeText(notice.at, language, zone) : "";
  say("printed-title", isCurrent ? own("screen.printed.title", { time }) : "");
  say("printed", notice ? own(isCurrent ? "screen.printed" : "screen.printed.unconfirmed", { time }) : "");
}

function drawNotice(isCurrent) {
  const { payload, hash } = notice;
  if (!payload.languages[language]) language = Object.keys(payload.languages)[0];
  const now = [isCurrent, hash, language].join(" ");
  if (now === drawn) return;
  const face = isCurrent ? payload : payload.worst;
  draw(payload, face, language, hash);
  drawLanguages(payload, language, chosen => { language = chosen; show(); });
  announce();
  root.dataset.sequence = payload.sequence;
  root.dataset.noticeHash = hash;
  root.dataset.place = payload.place;
  drawn = now;
  arrange();
}

// Hints say that something changed, never what. A stream that the browser gave up is opened again; meanwhile the screen polls.
function listen() {
  const opened = hints = new EventSource(`/kiosks/${kiosk}/changes`);
  opened.addEventListener("hello", () => { if (root.dataset.state !== "current") confirm(); });
  opened.addEventListener("changed", confirm);
  opened.addEventListener("error", () => {
    if (opened.readyState !== EventSource.CLOSED) return;
    opened.close();
    setTimeout(() => { if (hints === opened) listen(); }, jitter(5_000));
  });
}

/** A screen that the registry moved listens to its new place from now on, and its QR code leads there. */
function follow() {
  hints?.close();
  listen();
  drawQr();
}

/** What stands on the glass while the page is put away may be old when it comes back. */
function putAway() {
  isTimeKnown = false;
  show();
}

const qr = document.querySelector("img.qr");
const drawQr = () => { if (qr) qr.src = `/kiosks/${kiosk}/qr.svg?again=${Date.now()}`; };
const drawQrAgain = () => setTimeout(drawQr, jitter(5_000));
qr?.addEventListener("error", drawQrAgain);
if (qr?.complete && qr.naturalWidth === 0) drawQrAgain();
for (const event of ["resize", "load"]) addEventListener(event, arrange);
document.fonts?.ready.then(arrange);
addEventListener("pagehide", putAway);
addEventListener("online", confirm);
addEventListener("pageshow", event => { if (event.persisted) confirm(); });
document.addEventListener("visibilitychange", () => { show(); if (!document.hidden) confirm(); });
setInterval(show, 1_000);
show();
if (kiosk) { confirm(); listen(); }

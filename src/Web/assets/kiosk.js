// A screen shows the notice that it verified. When it could not confirm the notice for as long as the notice says, it shows the worst case
// and the age of the last confirmation.

import { NoticeSource, NoScreen } from "./notice.js";
import { draw, drawLanguages, fit, say, sayInLanguages } from "./draw.js";
import { ageText, textOf, withEnglish } from "./texts.js";

const root = document.documentElement;
const { kiosk, place } = root.dataset;
const source = new NoticeSource(kiosk, place);
const patience = 8_000;                              // The longest that one request may take, in milliseconds.
const pauses = { first: 1_000, longest: 15_000 };    // Between requests that fail, in milliseconds.

let notice = null;          // The last verified notice.
let confirmed = null;       // When the request was sent that last confirmed it.
let refused = null;         // "closed" or "unpaired" when the registry said so.
let language = root.lang;
let drawn = "";             // What is on screen: whether it is current, hash and language.
let pause = pauses.first;
let next = 0;               // The timer of the next request.
let asking = null;

const jitter = milliseconds => milliseconds * (0.75 + Math.random() / 2);

// Two clocks: a monotonic one, and one that also runs while the machine sleeps. The older age counts.
const clock = () => ({ steady: performance.now(), wall: Date.now() });
const ageOf = then => then === null ? Infinity : Math.max(performance.now() - then.steady, Date.now() - then.wall);

async function confirm() {
  clearTimeout(next);
  if (asking) { asking.again = true; return; }
  const mine = asking = { again: false };
  const sent = clock();
  let wait;
  try {
    notice = await source.confirm(AbortSignal.timeout(patience));
    confirmed = sent;
    refused = null;
    pause = pauses.first;
    wait = notice.payload.validSeconds * 1_000 / 3;
  } catch (failure) {
    refused = failure instanceof NoScreen ? failure.state : null;
    console.warn(failure.message);
    wait = pause;
    pause = Math.min(pause * 2, pauses.longest);
  }
  asking = null;
  next = setTimeout(confirm, mine.again ? 0 : jitter(wait));
  root.dataset.asked = "";
  show();
}

function show() {
  const age = ageOf(confirmed);
  const isCurrent = !refused && notice !== null && age <= notice.payload.validSeconds * 1_000;
  const state = refused ?? (isCurrent ? "current" : "unconfirmed");
  if (notice) drawNotice(isCurrent);
  const own = (key, values) => textOf(key, language, values);
  const hasAnswer = "asked" in root.dataset;
  if (!notice) say("title", own("screen.title.worst"));
  say("standing", own(`screen.${refused ?? standing(isCurrent, hasAnswer)}`));
  say("age", notice && !isCurrent ? own("screen.age", { age: ageText(age, language) }) : "");
  say("nothing", notice || !hasAnswer ? "" : own("screen.never.more"));
  const sample = document.querySelector(".sample");
  if (sample) sayInLanguages(sample, withEnglish("scope.sample", language));
  if (root.dataset.state !== state) {
    root.dataset.state = state;
    fit();
  }
}

/** The text that says how far the screen can be trusted, when the registry did not refuse it. */
function standing(isCurrent, hasAnswer) {
  if (isCurrent) return "confirmed";
  if (notice) return "unconfirmed";
  return hasAnswer ? "never" : "connecting";
}

function drawNotice(isCurrent) {
  const { payload, hash } = notice;
  if (!payload.languages[language]) language = Object.keys(payload.languages)[0];
  const now = [isCurrent, hash, language].join(" ");
  if (now === drawn) return;
  draw(payload, isCurrent ? payload : payload.worst, language, hash);
  drawLanguages(payload, language, chosen => { language = chosen; show(); });
  root.dataset.sequence = payload.sequence;
  root.dataset.noticeHash = hash;
  drawn = now;
  requestAnimationFrame(fit);
}

// Hints say that something changed, never what. A stream that the browser gave up is opened again; meanwhile the screen polls.
function listen() {
  const hints = new EventSource(`/kiosks/${kiosk}/changes`);
  hints.addEventListener("hello", () => { if (root.dataset.state !== "current") confirm(); });
  hints.addEventListener("changed", confirm);
  hints.addEventListener("error", () => {
    if (hints.readyState !== EventSource.CLOSED) return;
    hints.close();
    setTimeout(listen, jitter(5_000));
  });
}

setInterval(show, 1_000);
for (const event of ["resize", "load"]) addEventListener(event, fit);
for (const event of ["online", "pageshow"]) addEventListener(event, () => { show(); confirm(); });
show();
confirm();
listen();

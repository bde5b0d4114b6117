// A screen. It shows what it verified; what it could not confirm for as long as the notice says, it shows at its worst, with the age.

import { NoticeSource, NoScreen } from "./notice.js";
import { draw, drawLanguages, fit, say } from "./draw.js";
import { ageInWords, wordsOf } from "./words.js";

const root = document.documentElement;
const { kiosk, place } = root.dataset;
const source = new NoticeSource(kiosk, place);
const patience = 8_000;                              // How long one question to the registry may take, in milliseconds.
const pauses = { first: 1_000, longest: 15_000 };    // Between questions that fail.

let notice = null;          // The last that was verified.
let confirmed = null;       // When the question was sent whose answer confirmed it last.
let refused = null;         // "closed" or "unpaired", when the registry said so.
let language = root.lang;
let drawn = "";             // What is on screen: face, hash and language.
let pause = pauses.first;
let next = 0;               // The timer of the next question.
let asking = null;

const jitter = milliseconds => milliseconds * (0.75 + Math.random() / 2);

// Two clocks: one that nobody sets, and one that goes on while the machine sleeps. The older age counts.
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
  const words = wordsOf(language);
  if (!notice) say("title", words.titleWorst);
  say("standing", refused ? words[refused] : isCurrent ? words.confirmed : notice ? words.unconfirmed : "asked" in root.dataset ? words.never : words.connecting);
  say("age", notice && !isCurrent ? words.age(ageInWords(age, language)) : "");
  say("nothing", notice || !("asked" in root.dataset) ? "" : words.neverMore);
  const sample = document.querySelector(".sample");
  if (sample) [sample.textContent, sample.lang] = [[...new Set([words.sample, wordsOf("en").sample])].join(" · "), language];
  if (root.dataset.state !== state) {
    root.dataset.state = state;
    fit();
  }
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

// Hints: "something changed", never what. A stream that is closed for good is opened anew; a screen without hints asks by itself.
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

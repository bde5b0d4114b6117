// A screen. It shows what it verified; what it could not confirm for so long as the notice says, it shows at its worst, with the age.

import { NoticeSource, ClosedError } from "./notice.js";
import { draw, drawLanguages, fit } from "./draw.js";
import { ageInWords, wordsOf } from "./words.js";

const root = document.documentElement;
const screen = document.querySelector(".kiosk");
const { kiosk, place } = screen.dataset;
const source = new NoticeSource(kiosk, place);
const patience = 8_000;
const pauses = { first: 1_000, longest: 15_000 };

let notice = null;        // The last that was verified.
let confirmedAt = null;   // performance.now() when the request was sent that confirmed it last.
let closed = false;
let language = new URLSearchParams(location.search).get("lang") ?? document.documentElement.lang;
let drawn = "";           // What the screen shows: state, hash and language.
let pause = pauses.first;
let next = 0;             // The timer of the next confirmation.
let asking = null;

const jitter = milliseconds => milliseconds * (0.75 + Math.random() / 2);

async function confirm() {
  clearTimeout(next);
  if (asking) { asking.again = true; return; }
  asking = { again: false };
  const sent = performance.now();
  try {
    notice = await source.confirm(AbortSignal.timeout(patience));
    confirmedAt = sent;
    closed = false;
    pause = pauses.first;
  } catch (failure) {
    closed = failure instanceof ClosedError;
    console.warn(failure.message);
  }
  const { again } = asking;
  asking = null;
  show();
  if (again) return confirm();
  const wait = notice && confirmedAt === sent ? notice.payload.validSeconds * 1_000 / 3 : (pause = Math.min(pause * 2, pauses.longest));
  next = setTimeout(confirm, jitter(wait));
}

function show() {
  const age = confirmedAt === null ? Infinity : performance.now() - confirmedAt;
  const isCurrent = !closed && notice !== null && age <= notice.payload.validSeconds * 1_000;
  const state = closed ? "closed" : isCurrent ? "current" : "unconfirmed";
  if (notice) drawNotice(state);
  root.dataset.state = state;
  const say = wordsOf(language);
  screen.querySelector("[data-part=standing]").textContent =
    closed ? say.closed : isCurrent ? say.confirmed : notice ? say.unconfirmed(ageInWords(age, language)) : screen.dataset.asked ? say.never : say.connecting;
  screen.querySelector("[data-part=nothing]").textContent = notice || !screen.dataset.asked ? "" : say.neverMore;
  screen.dataset.asked = "yes";
}

function drawNotice(state) {
  const { payload, hash } = notice;
  if (!payload.languages[language]) language = Object.keys(payload.languages)[0];
  const now = [state === "current", hash, language].join(" ");
  if (now === drawn) return;
  drawn = now;
  draw(screen, payload, state === "current" ? payload : payload.worst, language);
  drawLanguages(screen, payload, language, chosen => { language = chosen; show(); });
  root.dataset.sequence = payload.sequence;
  root.dataset.noticeHash = hash;
  root.dataset.state = state;
  fit(screen);
}

// Hints: "something changed", never what. A stream that is closed for good is opened anew; a screen without hints asks by itself.
function listen() {
  const hints = new EventSource(`/kiosks/${kiosk}/changes`);
  hints.addEventListener("hello", () => { if (confirmedAt === null || root.dataset.state !== "current") confirm(); });
  hints.addEventListener("changed", confirm);
  hints.addEventListener("error", () => {
    if (hints.readyState !== EventSource.CLOSED) return;
    hints.close();
    setTimeout(listen, jitter(5_000));
  });
}

setInterval(show, 1_000);
addEventListener("resize", () => fit(screen));
addEventListener("online", confirm);
document.fonts.ready.then(() => fit(screen));
listen();
await confirm();

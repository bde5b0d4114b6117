// Draws a verified face of a notice. Text only ever goes in as text.

import { wordsOf } from "./words.js";

const items = ["why", "who", "retention", "access", "rights"];

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter(child => child !== null));
  return made;
}

function sign(capture) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("viewBox", "0 0 64 64");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#sign-${capture}`);
  svg.append(use);
  return svg;
}

/** Fills the screen with one face — the notice, or its worst case — in one language. */
export function draw(screen, payload, face, language) {
  const text = face.languages[language];
  const say = wordsOf(language);
  const first = Object.fromEntries(text.firstLayer.map(item => [item.item, item.text]));
  const root = document.documentElement;
  root.lang = language;
  root.dir = text.dir;

  screen.querySelector("[data-part=place]").textContent = `${payload.name} · ${payload.city}`;
  screen.querySelector("[data-part=title]").textContent = say.title;
  screen.querySelector("[data-part=what]").textContent = face.facts.length > 0 ? first.area : first.what;
  screen.querySelector("[data-part=facts]").replaceChildren(...(face.facts.length > 0 ? face.facts.map((fact, i) => factRow(fact, text.facts[i])) : [silence(first.now)]));
  screen.querySelector("[data-part=items]").replaceChildren(
    item("surprise", say.items.surprise, first.surprise),
    ...items.map(name => item(name, say.items[name], first[name])));
  for (const name of ["more", "scope", "version"]) screen.querySelector(`[data-part=${name}]`).textContent = first[name];
  const unreviewed = screen.querySelector("[data-part=unreviewed]");
  unreviewed.textContent = text.reviewed ? "" : say.unreviewed;
  unreviewed.hidden = text.reviewed;
}

function factRow(fact, words) {
  return element("li", {
    "data-technology": fact.technology, "data-capture": fact.capture, "data-mode": fact.mode, "data-certainty": fact.certainty, "data-review": fact.underReview,
  },
  sign(fact.capture),
  element("div", {},
    element("h2", {}, words.line),
    element("p", { class: "by" }, `${words.technology}. ${words.certaintyLine}`),
    element("p", { class: fact.underReview ? "rule review" : "rule" }, words.ruleLine)));
}

const silence = now => element("li", { "data-certainty": "reported" }, sign("none"), element("div", {}, element("h2", {}, now)));

const item = (name, label, text) => element("div", { class: name }, element("dt", {}, label), element("dd", {}, text));

/** Buttons to choose among the languages of the notice; hidden when there is one. */
export function drawLanguages(screen, payload, chosen, choose) {
  const languages = Object.keys(payload.languages);
  const group = screen.querySelector("[data-part=languages]");
  group.hidden = languages.length < 2;
  group.replaceChildren(...languages.map(language => {
    const button = element("button", { type: "button", lang: language, "aria-pressed": language === chosen }, wordsOf(language).name);
    button.addEventListener("click", () => choose(language));
    return button;
  }));
}

/** Shrinks the type, in small steps and never below half, until everything fits a screen that nobody can scroll. */
export function fit(screen) {
  let scale = 1;
  screen.style.setProperty("--fit", scale);
  if (innerWidth <= 700) return;
  while (scale > 0.5 && screen.scrollHeight > innerHeight + 1) {
    scale -= 0.02;
    screen.style.setProperty("--fit", scale.toFixed(2));
  }
}

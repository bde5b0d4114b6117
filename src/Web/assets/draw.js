// Draws a verified face of a notice. Text only ever goes in as text.

import { wordsOf } from "./words.js";

const items = ["why", "who", "access", "rights"];
const captures = ["video", "stills", "audio", "plates", "faces", "location"];
const root = document.documentElement;

export const part = name => document.querySelector(`[data-part=${name}]`);

/** Puts words in a part of the screen; a part without words is not there. */
export function say(name, text) {
  const place = part(name);
  if (place.textContent !== text) place.replaceChildren(...prose(text));
  place.hidden = text === "";
}

/** Words, with telephone numbers, times and citations kept on one line. */
function prose(text) {
  return text.split(/(\d+(?:[-.:]\d+)+(?: [AP]M| h\b)?)/).map((piece, i) => i % 2 === 0 ? piece : element("span", { class: "whole" }, piece));
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function sign(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#sign-${name}`);
  svg.append(use);
  return svg;
}

/** Fills the screen with one face — the notice, or its worst case — in one language. */
export function draw(payload, face, language, hash) {
  const text = face.languages[language];
  const words = wordsOf(language);
  const first = Object.fromEntries(text.firstLayer.map(item => [item.item, item.text]));
  root.lang = language;
  root.dir = text.dir;

  say("place", [payload.name, payload.city].filter(Boolean).join(" · "));
  say("title", face === payload ? words.title : words.titleWorst);
  say("area", first.area ?? "");
  part("facts").replaceChildren(...(face.facts.length > 0 ? face.facts.map((fact, i) => row(fact, text.facts[i], words)) : [quiet(first)]));
  part("facts").dataset.count = face.facts.length;
  say("surprise", face.facts.length > 0 ? first.surprise ?? "" : "");
  part("items").replaceChildren(...items.filter(name => first[name]).map(name => element("div", { class: name }, element("dt", {}, words.items[name]), element("dd", {}, ...prose(first[name])))));
  say("more", first.more ?? "");
  say("scope", first.scope ?? "");
  say("version", `${first.version ?? ""} ${words.version} ${hash.slice(0, 12)}`);
  say("unreviewed", text.reviewed ? "" : [...new Set([words.unreviewed, wordsOf("en").unreviewed])].join(" · "));
  document.title = `${payload.name ?? payload.place} — ${words.title}`;
}

function row(fact, words, own) {
  const line = element("h2", {}, words.line);
  if (fact.underReview) line.append(" ", element("span", { class: "tag review" }, own.review));
  const how = element("dl", { class: "how" }, pair(own.rule, words.ruleLine), pair(own.kept, words.retentionLine));
  return element("li", {
    "data-technology": fact.technology, "data-capture": fact.capture, "data-mode": fact.mode, "data-certainty": fact.certainty,
  }, sign(captures.includes(fact.capture) ? fact.capture : "none"), element("div", {}, line, element("p", { class: "by" }, ...prose(`${words.technology}. ${words.certaintyLine}`)), how));
}

const pair = (label, text) => element("div", {}, element("dt", {}, label), element("dd", {}, ...prose(text)));

/** Nothing is reported: the registry's own sentences say so, and that others may be present. */
const quiet = first => element("li", { class: "quiet" }, sign("none"), element("div", {}, element("h2", {}, first.now ?? ""), element("p", { class: "by" }, first.what ?? "")));

/** Buttons to choose among the languages of the notice; none when there is one. */
export function drawLanguages(payload, chosen, choose) {
  const languages = Object.keys(payload.languages);
  const group = part("languages");
  group.hidden = languages.length < 2;
  group.replaceChildren(...languages.map(language => {
    const button = element("button", { type: "button", lang: language, "aria-pressed": language === chosen }, wordsOf(language).name);
    button.addEventListener("click", () => choose(language));
    return button;
  }));
}

const largest = 1.3, smallest = 0.46, step = 0.02;

/** Nobody can scroll a screen on a wall: the type takes the largest size at which everything fits, in small steps. A telephone scrolls. */
export function fit() {
  if (innerWidth <= 700) return root.style.removeProperty("--fit");
  for (let scale = largest; scale >= smallest; scale -= step) {
    root.style.setProperty("--fit", scale.toFixed(2));
    if (root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth) return;
  }
}

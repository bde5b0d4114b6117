// Draws one face of a verified notice: the notice itself, or its worst case. Text is always inserted as text, never as markup.

import { nameOf, textOf, withEnglish } from "./texts.js";

const items = ["why", "who", "access", "rights"];
const captures = ["video", "stills", "audio", "plates", "faces", "location"];
const root = document.documentElement;

export const part = name => document.querySelector(`[data-part=${name}]`);

/** Sets the text of a part of the screen; a part without text is hidden. */
export function say(name, text) {
  const target = part(name);
  if (target.textContent !== text) target.replaceChildren(...unbroken(text));
  target.hidden = text === "";
}

/** Sets texts of several languages, each marked with its language. */
export function sayInLanguages(target, texts) {
  target.replaceChildren(...texts.flatMap(([text, lang], i) => [...(i > 0 ? [" · "] : []), element("span", { lang }, text)]));
  target.hidden = texts.length === 0;
}

/** Text whose telephone numbers, times and citations are not broken over two lines. */
function unbroken(text) {
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

/** Fills the screen with one face in one language. */
export function draw(payload, face, language, hash) {
  const text = face.languages[language];
  const own = key => textOf(key, language);
  const first = Object.fromEntries(text.firstLayer.map(item => [item.item, item.text]));
  const listed = items.filter(name => first[name]);
  const rows = face.facts.map((fact, i) => row(fact, text.facts[i], own));
  root.lang = language;
  root.dir = text.dir;

  say("place", [payload.name, payload.city].filter(Boolean).join(" · "));
  say("title", own(face === payload ? "screen.title" : "screen.title.worst"));
  say("area", first.area ?? "");
  part("facts").replaceChildren(...(rows.length > 0 ? rows : [quiet(first)]));
  part("facts").dataset.count = face.facts.length;
  say("surprise", rows.length > 0 ? first.surprise ?? "" : "");
  part("items").replaceChildren(...listed.map(name => pair(own(`item.${name}`), first[name], name)));
  say("more", first.more ?? "");
  say("scope", first.scope ?? "");
  say("version", `${first.version ?? ""} ${own("screen.check")} ${hash.slice(0, 12)}`);
  sayInLanguages(part("unreviewed"), text.reviewed ? [] : withEnglish("translation.unreviewed", language));
  part("languages").setAttribute("aria-label", own("site.languages"));
  document.querySelector("img.qr").alt = own("screen.qr");
  document.title = `${payload.name ?? payload.place} — ${own("screen.title")}`;
}

function row(fact, text, own) {
  const heading = element("h2", {}, text.line);
  if (fact.exceeds) heading.append(" ", element("strong", { class: "tag review" }, text.exceedsLine));
  const source = element("p", { class: "by" }, ...unbroken(`${text.technology}. ${text.certaintyLine}`));
  const rules = element("dl", { class: "how" }, pair(own("screen.rule"), text.ruleLine), pair(own("screen.retention"), text.retentionLine));
  return element("li", {
    "data-technology": fact.technology, "data-capture": fact.capture, "data-mode": fact.mode, "data-certainty": fact.certainty,
    ...(fact.fleet ? { "data-fleet": fact.fleet } : {}), ...(fact.exceeds ? { "data-exceeds": "" } : {}),
  }, sign(captures.includes(fact.capture) ? fact.capture : "none"), element("div", {}, heading, source, rules));
}

const pair = (label, text, name) =>
  element("div", name ? { class: name } : {}, element("dt", {}, label), element("dd", {}, ...unbroken(text)));

/** No device reports anything: the notice's own sentences say so, and that others may be present. */
const quiet = first => element("li", { class: "quiet" }, sign("none"),
  element("div", {}, element("h2", {}, first.now ?? ""), element("p", { class: "by" }, first.what ?? "")));

/** Draws a button for each language of the notice; none when there is one language. */
export function drawLanguages(payload, chosen, choose) {
  const languages = Object.keys(payload.languages);
  const group = part("languages");
  group.hidden = languages.length < 2;
  group.replaceChildren(...languages.map(language => {
    const button = element("button", { type: "button", lang: language, "aria-pressed": language === chosen }, nameOf(language));
    button.addEventListener("click", () => choose(language));
    return button;
  }));
}

const largest = 1.3, smallest = 0.46, step = 0.02;

/** Sets the largest type size at which everything fits: nobody can scroll a screen on a wall. A telephone scrolls instead. */
export function fit() {
  if (innerWidth <= 700) return root.style.removeProperty("--fit");
  for (let scale = largest; scale >= smallest; scale -= step) {
    root.style.setProperty("--fit", scale.toFixed(2));
    if (root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth) return;
  }
}

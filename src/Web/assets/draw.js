// Draws one face of a verified notice: the notice itself, or its worst case. Text is always inserted as text, never as markup. What did not
// change is left alone, so that a person who reads or presses a button keeps the place.

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

/** Sets the text of a part that states a time, for people and for programs. */
export function sayTime(name, text, instant) {
  const target = part(name);
  const time = target.querySelector("time") ?? target.appendChild(document.createElement("time"));
  if (time.textContent !== text) time.textContent = text;
  if (time.dataset.asOf !== instant) time.dataset.asOf = time.dateTime = instant;
  target.hidden = false;
}

/** Sets texts of several languages, each marked with its language. */
export function sayInLanguages(target, texts) {
  const whole = texts.map(([text]) => text).join(" · ");
  if (target.textContent === whole && target.firstElementChild) return;
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
  const own = (key, values) => textOf(key, language, values);
  const first = Object.fromEntries(text.firstLayer.map(item => [item.item, item.text]));
  const rows = face.facts.map((fact, i) => row(fact, text.facts[i], own));
  root.lang = language;
  root.dir = text.dir;

  say("place", [payload.name, payload.city].filter(Boolean).join(" · "));
  say("title", own(face === payload ? "screen.title" : "screen.title.worst"));
  say("area", first.area ?? "");
  part("facts").replaceChildren(...(rows.length > 0 ? rows : [quiet(first)]));
  part("facts").dataset.count = face.facts.length;
  part("details").replaceChildren(...text.facts.map(fact => detail(fact, own)));
  say("surprise", rows.length > 0 ? first.surprise ?? "" : "");
  part("items").replaceChildren(...items.filter(name => first[name]).map(name => pair(own(`item.${name}`), first[name], name)));
  sayMore(first.more ?? "", `/places/${payload.place}?lang=${language}`);
  say("scope", first.scope ?? "");
  say("version", `${first.version ?? ""} ${own("screen.check")} ${hash.slice(0, 12)}`);
  sayInLanguages(part("unreviewed"), text.reviewed ? [] : withEnglish("translation.unreviewed", language));
  part("unreviewed").hidden = text.reviewed;
  part("languages").setAttribute("aria-label", own("site.languages"));
  const qr = document.querySelector("img.qr");
  if (qr) qr.alt = own("screen.qr");
  document.title = `${payload.name ?? payload.place} — ${own(face === payload ? "screen.title" : "screen.title.worst")}`;
}

function row(fact, text, own) {
  const mark = fact.exceeds ? [element("strong", { class: "tag review" }, text.exceedsLine), " "] : [];
  return element("li", {
    "data-technology": fact.technology, "data-capture": fact.capture, "data-mode": fact.mode, "data-certainty": fact.certainty,
    ...(fact.fleet ? { "data-fleet": fact.fleet } : {}), ...(fact.exceeds ? { "data-exceeds": "" } : {}),
  }, sign(captures.includes(fact.capture) ? fact.capture : "none"), element("div", {}, element("h2", {}, text.line), by(text, ...mark), rules(text, own)));
}

/** By what something is captured, and how certain that is. */
const by = (text, ...before) =>
  element("p", { class: "by" }, ...before, element("span", { class: "what" }, ...unbroken(`${text.technology}.`)), " ", element("span", { class: "certainty" }, ...unbroken(text.certaintyLine)));

const rules = (text, own) =>
  element("dl", { class: "how" }, pair(own("screen.rule"), text.ruleLine), pair(own("screen.retention"), text.retentionLine));

/** The details of a fact once more, for a wall on which they do not fit beside it. Programs that read aloud have them at the fact. */
const detail = (text, own) =>
  element("section", {}, element("h3", {}, text.line), by(text), rules(text, own));

const pair = (label, text, name) =>
  element("div", name ? { class: name } : {}, element("dt", {}, label), element("dd", {}, ...unbroken(text)));

/** No device reports that it captures: the notice's own sentences say what the devices can capture, and that others may be present. */
const quiet = first => element("li", { class: "quiet" }, sign("none"),
  element("div", {}, element("h2", {}, first.now ?? ""), element("p", { class: "by" }, first.what ?? "")));

/** The address of the full notice, as a link for those who read the screen on a telephone. */
function sayMore(text, address) {
  const target = part("more");
  target.hidden = text === "";
  const link = target.querySelector("a") ?? element("a", {});
  link.setAttribute("href", address);
  if (target.textContent === text) return;
  const [, before, url, after] = text.match(/^(.*?)(https?:\S+?)([.,;]?(?:\s.*)?)$/s) ?? [null, "", text, ""];
  link.textContent = url;
  target.replaceChildren(before, link, after);
}

/** Draws a button for each language of the notice; none when there is one language. */
export function drawLanguages(payload, chosen, choose) {
  const languages = Object.keys(payload.languages);
  const group = part("languages");
  const buttons = [...group.children];
  group.hidden = languages.length < 2;
  if (buttons.map(button => button.lang).join() !== languages.join())
    group.replaceChildren(...languages.map(language => {
      const button = element("button", { type: "button", lang: language }, nameOf(language));
      button.addEventListener("click", () => choose(language));
      return button;
    }));
  for (const button of group.children) button.setAttribute("aria-pressed", button.lang === chosen);
}

let announced = "";

/** Has a screen reader read what is recorded now when that changed; not when the page is opened, and no age each second. */
export function announce(face, language) {
  const text = [part("title").textContent, ...face.languages[language].facts.map(fact => fact.line)].join(". ");
  if (announced && announced !== text) part("announce").textContent = text;
  announced = text;
}

/** Takes back whatever the screen says, because it cannot be kept up. */
export function blank(text) {
  root.dataset.state = "unconfirmed";
  for (const name of ["facts", "details", "items"]) part(name).textContent = "";
  for (const name of ["surprise", "unreviewed", "printed", "age"]) part(name).hidden = true;
  part("title").textContent = part("standing").textContent = text;
}

// Draws one face of a verified notice: the notice itself, or its worst case. Text is always inserted as text, never as markup. What did not
// change is left alone, so that a person who reads or presses a button keeps the place.

import { nameOf, textOf, withEnglish } from "./texts.js";

/** The items of the first layer that stand behind the first view, in this order. */
const behind = ["why", "who", "access", "rights", "area", "scope"];
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

/** A retention, whose quoted notes are English words that the language of the notice has no words for: they are spoken as English. */
const withNotes = text => root.lang.split("-")[0] === "en" ? unbroken(text)
  : text.split(/(“[^”]*”)/).flatMap((piece, i) => i % 2 === 0 ? unbroken(piece) : [element("span", { lang: "en" }, piece)]);

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
  const view = text.firstView ?? viewOfLines(face, text, first, own(face === payload ? "screen.title" : "screen.title.worst"), own);
  root.lang = language;
  root.dir = text.dir;

  say("place", [payload.name, payload.city].filter(Boolean).join(" · "));
  say("title", view.headline);
  part("facts").replaceChildren(...view.rows.map(one => row(one, face.facts, text.facts)));
  part("facts").dataset.count = face.facts.length;
  part("items").replaceChildren(...view.items.filter(one => one.item !== "more").map(one => pair(one.label, one.text, one.item, one.item === "retention" ? withNotes : unbroken)));
  const mark = first.version ? [element("p", { class: "version" }, ...unbroken(`${first.version} ${own("screen.check")} ${hash.slice(0, 12)}`))] : [];
  part("details").replaceChildren(
    element("h2", {}, own("screen.full")),
    ...(first.surprise && face.facts.length > 0 ? [element("p", { class: "surprise" }, ...unbroken(first.surprise))] : []),
    ...text.facts.map((fact, i) => detail(fact, face.facts[i], own)),
    ...whatElse(face, first),
    element("dl", {}, ...behind.filter(name => first[name]).map(name => pair(own(`item.${name}`), first[name], name))),
    element("ul", {}, ...text.secondLayer.map(item => element("li", {}, ...unbroken(item.text)))),
    ...mark,
  );
  part("details").setAttribute("aria-label", own("screen.full"));
  sayMore(view.items.find(one => one.item === "more"), `/places/${payload.place}?lang=${language}`);
  sayInLanguages(part("unreviewed"), text.reviewed ? [] : withEnglish("screen.unreviewed", language));
  part("unreviewed").hidden = text.reviewed;
  for (const group of ["languages", "controls"]) part(group).setAttribute("aria-label", own("site.languages"));
  part("turning").setAttribute("aria-label", own("screen.pause"));
  const qr = document.querySelector("img.qr");
  if (qr) qr.alt = own("screen.qr");
  document.title = `${payload.name ?? payload.place} — ${view.headline}`;
}

/** The first view of a notice that an older version of the registry signed: its lines. */
const viewOfLines = (face, text, first, headline, own) => ({
  headline,
  rows: face.facts.length > 0
    ? face.facts.map((fact, i) => ({ capture: fact.capture, states: [{ text: text.facts[i].line, detail: text.facts[i].certaintyLine, exceeds: text.facts[i].exceedsLine ?? "", facts: [i] }] }))
    : [{ capture: null, states: [{ text: first.now ?? "", detail: first.what ?? "", exceeds: "", facts: [] }] }],
  items: [
    ...["who", "why", "rule", "retention"].filter(name => first[name]).map(name => ({ item: name, label: own(`item.${name}`), text: first[name] })),
    ...(first.more ? [{ item: "more", label: "", text: first.more }] : []),
  ],
});

/** A capture: what devices report of it, and what other devices may be doing. */
function row(one, facts, texts) {
  const of = one.states.flatMap(state => state.facts).map(i => facts[i].certainty);
  const certainty = of.length === 0 ? "none" : of.every(known => known === "unknown") ? "unknown" : "reported";
  return element("li", { "data-row": one.capture ?? "none", "data-certainty": certainty, ...(of.length === 0 ? { class: "quiet" } : {}) },
    sign(captures.includes(one.capture) ? one.capture : "none"),
    element("div", {}, ...one.states.flatMap((state, i) => [
      element(i === 0 ? "h2" : "p", { class: "state" }, ...unbroken(state.text)),
      ...(state.exceeds ? [element("p", {}, element("strong", { class: "tag review" }, state.exceeds))] : []),
      by(state, facts, texts),
    ])));
}

/** Since when, or why it is not known; and by what it is captured. Each fact is marked; those of one technology share its name. */
function by(state, facts, texts) {
  const names = new Map();
  for (const i of state.facts) names.set(texts[i].technology, [...(names.get(texts[i].technology) ?? []), facts[i]]);
  const named = [...names].map(([name, same]) => same.reduce((inner, fact) => element("span", {
    "data-technology": fact.technology, "data-capture": fact.capture, "data-mode": fact.mode, "data-certainty": fact.certainty,
    ...(fact.fleet ? { "data-fleet": fact.fleet } : {}), ...(fact.exceeds ? { "data-exceeds": "" } : {}),
  }, inner), name));
  return element("p", { class: "by" },
    ...(state.detail ? [element("span", { class: "certainty" }, ...unbroken(state.detail)), " "] : []),
    element("span", {}, ...named.flatMap((one, i) => i === 0 ? [one] : [", ", one])));
}

/** A fact with everything that governs it. */
const detail = (text, fact, own) =>
  element("section", { "data-detail": `${fact.technology} ${fact.capture} ${fact.certainty}` }, element("h3", {}, text.line),
    element("p", { class: "what" }, ...unbroken(`${text.technology}. ${text.certaintyLine}`)),
    ...(text.exceedsLine ? [element("p", {}, element("strong", {}, ...unbroken(text.exceedsLine)))] : []),
    element("dl", { class: "how" }, pair(own("screen.rule"), text.ruleLine), pair(own("screen.retention"), text.retentionLine, null, withNotes)));

const pair = (label, text, name, words = unbroken) =>
  element("div", name ? { class: name } : {}, element("dt", {}, label), element("dd", {}, ...words(text)));

/** The notice's own sentences: what the devices can capture, also what they report as off, and that others may be present. */
const whatElse = (face, first) =>
  [...(face.facts.length > 0 ? [] : [first.now]), first.what].filter(Boolean).map(text => element("p", {}, ...unbroken(text)));

/** Where to ask and to read more, with the address as a link for those who read the screen on a telephone. */
function sayMore(item, address) {
  const target = part("more");
  target.hidden = !item;
  if (!item) return;
  const [, before, url, after] = item.text.match(/^(.*?)((?:https?:)?\S+\/\S+?)([.,;]?(?:\s.*)?)$/s) ?? [null, "", item.text, ""];
  target.replaceChildren(...(item.label ? [element("strong", {}, item.label), " "] : []), before, element("a", { href: address }, ...breakable(url)), after);
}

/** An address that may be broken after a slash. */
const breakable = url => url.split(/(?<=\/)/).flatMap((piece, i) => i === 0 ? [piece] : [element("wbr", {}), piece]);

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
export function announce() {
  const states = [...part("facts").querySelectorAll(".state")].map(state => state.textContent);
  const text = [part("title").textContent.replace(/\.$/, ""), ...states].join(". ");
  if (announced && announced !== text) part("announce").textContent = text;
  announced = text;
}

/** Takes back whatever the screen says, because it cannot be kept up. */
export function blank(text) {
  root.dataset.state = "unconfirmed";
  for (const name of ["facts", "details", "items"]) part(name).textContent = "";
  for (const name of ["unreviewed", "printed", "age"]) part(name).hidden = true;
  part("title").textContent = part("standing").textContent = text;
}

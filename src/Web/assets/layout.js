// Arranges a notice on a wall, where people cannot scroll or zoom. The type has one size, however much is recorded. When not everything fits,
// the facts stay and their details take turns below or beside them. A smaller glass, and one that is zoomed, scrolls.

import { part } from "./draw.js";
import { textOf } from "./texts.js";

const root = document.documentElement;
const main = document.querySelector("main");
const wall = matchMedia("(min-width: 700px) and (min-height: 700px)");
const densities = ["whole", "facts", "lines", "heads", "grid", "paged"];
const shortest = 10_000;        // The least time for one page, in milliseconds.
const perWord = 500;            // The time for one word.

let pages = [];                 // Of the part that takes turns: where each page begins and ends, in pixels.
let page = 0;
let turned = 0;                 // When the page was turned last, by the monotonic clock.
let isPaused = false;

/** The part whose pages take turns. */
const turning = () => root.dataset.density === "paged" ? main : part("leaf");

/** Chooses how everything fits: the first arrangement that leaves the facts as they are. */
export function arrange() {
  const count = pages.length;
  fit();
  // The buttons take room of their own: what takes turns is cut with them in place.
  if (part("turning").hidden === pages.length > 1) {
    part("turning").hidden = pages.length < 2;
    fit();
  }
  if (pages.length !== count) turned = performance.now();
  page = Math.max(0, Math.min(page, pages.length - 1));
  place();
}

function fit() {
  for (const other of [main, part("leaf")]) { other.style.borderBlockEndWidth = ""; other.scrollTop = 0; }
  pages = [];
  delete root.dataset.density;
  if (!wall.matches) return;
  for (const density of densities) {
    root.dataset.density = density;
    if (root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth) break;
  }
  if (root.dataset.density !== "whole") pages = paginate(turning());
}

/** What is never cut: a fact, and a line of any other text. */
function units(whole) {
  const top = whole.getBoundingClientRect().top + whole.clientTop - whole.scrollTop;
  const range = document.createRange();
  const texts = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT);
  const found = new Map();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const fact = text.parentElement.closest(".facts > li");
    range.selectNodeContents(text);
    for (const box of fact ? [fact.getBoundingClientRect()] : range.getClientRects())
      // Boxes of lines overlap where letters have no ink: a tenth above them.
      if (box.height > 0) found.set(fact ?? box, { top: box.top - top + (fact ? 0 : box.height / 10), bottom: box.bottom - top, leads: text.parentElement.closest("h3, dt") !== null && !fact });
  }
  return [...found.values()].sort((one, other) => one.top - other.top);
}

/** Cuts a part into pages between its units. A heading stays with what follows it, and what stands side by side stays together. */
function paginate(whole) {
  const height = whole.clientHeight;
  const all = units(whole);
  const found = [];
  for (let first = 0; first < all.length;) {
    const from = all[first].top;
    let next = all.findIndex((unit, i) => i > first && unit.bottom > from + height + 1);
    if (next < 0) next = all.length;
    while (next < all.length && next - 1 > first && (all[next - 1].leads || all[next].top - all[next - 1].top < 3)) next--;
    const to = Math.max(...all.slice(first, next).map(unit => unit.bottom));
    found.push({ from, to: Math.min(to, from + height) });
    first = next;
  }
  return found;
}

function place() {
  const whole = turning();
  if (pages.length === 0) return;
  const { from, to } = pages[page];
  whole.style.borderBlockEndWidth = "";
  whole.style.borderBlockEndWidth = `${Math.max(0, Math.floor(whole.clientHeight - (to - from)))}px`;
  whole.scrollTop = from;
}

/** Shows the next page when this one stood for as long as it takes to read. Called each second. */
export function turn(language) {
  if (pages.length < 2) return;
  const own = (key, values) => textOf(key, language, values);
  const words = turning().textContent.split(/\s+/).length / pages.length;
  const isRead = performance.now() - turned > Math.max(shortest, words * perWord);
  if (isRead && !isPaused && !document.querySelector(".rest").matches(":hover")) next();
  for (const [name, text] of [
    ["page", own("screen.page", { page: page + 1, pages: pages.length })],
    ["pause", own(isPaused ? "screen.resume" : "screen.pause")],
    ["next", own("screen.next")],
  ]) if (part(name).textContent !== text) part(name).textContent = text;
}

function next() {
  page = (page + 1) % pages.length;
  turned = performance.now();
  place();
}

part("next").addEventListener("click", () => { next(); turn(root.lang); });
part("pause").addEventListener("click", () => { isPaused = !isPaused; turned = performance.now(); turn(root.lang); });
wall.addEventListener("change", arrange);

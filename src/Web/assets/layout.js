// Arranges a notice on a wall, where people cannot scroll or zoom. The type has one size, however much is recorded. What does not fit takes
// turns: first the pages of the first view, and after them, one by one, those of the full notice. A glass that is zoomed or in a hand scrolls.

import { part } from "./draw.js";
import { isWall, measure } from "./measure.js";
import { textOf } from "./texts.js";

const root = document.documentElement;
const leaf = part("leaf");

/** What stands on the glass always: all; all but the QR code, which takes turns; or only how the screen stands with the register. */
const arrangements = ["whole", "code", "all"];
const shortest = 10_000;        // The least time for one page, in milliseconds.
const perWord = 500;            // The time for one word.
const tall = 3;                 // A part that takes turns has room for so many lines: for a row.

let pages = [];                 // Of the part that takes turns: where each begins and ends, in pixels, its words, and whether it is of the first view.
let page = 0;
let behind = 0;                 // The page of the full notice that comes next.
let turned = 0;                 // When the page was turned last, by the monotonic clock.
let isPaused = false;

/** Chooses how everything fits. */
export function arrange() {
  measure();
  const count = pages.length;
  const wall = isWall();
  root.toggleAttribute("data-wall", wall);
  move(part("languages"), wall ? part("controls") : part("head"));
  pages = [];
  part("turning").hidden = !wall;
  for (const arrangement of wall ? arrangements : ["whole"]) {
    root.dataset.arrangement = arrangement;
    stand(arrangement);
    fold();
    if (!wall) return;
    if (fits()) break;
  }
  pages = paginate();
  part("turning").hidden = pages.length < 2;
  if (pages.length !== count) turned = performance.now();
  page = Math.max(0, Math.min(page, pages.length - 1));
  place();
}

/** Puts the parts that take turns among the pages, and the others back where they stand. */
function stand(arrangement) {
  const [head, foot, note] = [part("head"), part("foot"), part("unreviewed")];
  if (arrangement === "all") { if (head.parentElement !== leaf) leaf.prepend(head, note); }
  else if (head.parentElement === leaf) {
    document.querySelector(".standing").before(head);
    document.querySelector("main").before(note);
  }
  if (arrangement !== "whole") { if (foot.parentElement !== leaf) part("details").before(foot); }
  else if (foot.parentElement === leaf) part("controls").before(foot);
}

function move(what, where) {
  if (what.parentElement !== where) where.append(what);
}

function fold() {
  leaf.style.borderBlockEndWidth = "";
  leaf.scrollTop = 0;
}

/** Whether the glass is large enough for what stands on it, and each part that must not be cut for a page. */
function fits() {
  const height = leaf.clientHeight;
  return root.scrollHeight <= innerHeight && root.scrollWidth <= innerWidth
    && height >= tall * Number.parseFloat(getComputedStyle(leaf).lineHeight)
    && [...leaf.querySelectorAll(".foot, .head")].every(one => one.offsetHeight <= height);
}

/** What is never cut: a row, an item, what else stands together, and a line of any other text. */
const wholes = ".facts > li, .items > div, .foot, .head, .unreviewed";

function units() {
  const top = leaf.getBoundingClientRect().top + leaf.clientTop - leaf.scrollTop;
  const range = document.createRange();
  const texts = document.createTreeWalker(leaf, NodeFilter.SHOW_TEXT);
  const found = new Map();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim()) continue;
    const element = text.parentElement;
    const near = element.closest(wholes);
    const whole = near && near.offsetHeight <= leaf.clientHeight ? near : null;
    range.selectNodeContents(text);
    const boxes = whole ? [whole.getBoundingClientRect()] : [...range.getClientRects()].filter(box => box.height > 0);
    const words = text.data.split(/\s+/).filter(Boolean).length / boxes.length;
    for (const box of boxes) {
      const unit = found.get(whole ?? box) ?? {
        // Boxes of lines overlap where letters have no ink: a tenth above them.
        top: box.top - top + (whole ? 0 : box.height / 10), bottom: box.bottom - top, words: 0,
        leads: element.closest("h2, h3, dt") !== null && !whole, isOfView: element.closest(".details") === null,
      };
      unit.words += words;
      found.set(whole ?? box, unit);
    }
  }
  return [...found.values()].sort((one, other) => one.top - other.top);
}

/** Cuts what takes turns into pages between its units. A heading stays with what follows it, and what stands side by side stays together. */
function paginate() {
  const height = leaf.clientHeight;
  const all = units();
  const found = [];
  for (let first = 0; first < all.length;) {
    const { top: from, isOfView } = all[first];
    let next = all.findIndex((unit, i) => i > first && (unit.bottom > from + height + 1 || unit.isOfView !== isOfView));
    if (next < 0) next = all.length;
    const isFull = next < all.length && all[next].isOfView === isOfView;
    while (isFull && next - 1 > first && (all[next - 1].leads || all[next].top - all[next - 1].top < 3)) next--;
    const units = all.slice(first, next);
    const to = Math.max(...units.map(unit => unit.bottom));
    found.push({ from, to: Math.min(to, from + height), words: units.reduce((sum, unit) => sum + unit.words, 0), isOfView });
    first = next;
  }
  return found;
}

function place() {
  fold();
  if (pages.length === 0) return;
  const { from, to } = pages[page];
  leaf.style.borderBlockEndWidth = `${Math.max(0, Math.floor(leaf.clientHeight - (to - from)))}px`;
  leaf.scrollTop = from;
}

/** Shows the next page when this one stood for as long as it takes to read. Called each second. */
export function turn(language) {
  if (pages.length < 2) return;
  const own = (key, values) => textOf(key, language, values);
  const isRead = performance.now() - turned > Math.max(shortest, pages[page].words * perWord);
  if (isRead && !isPaused && !document.querySelector("main").matches(":hover")) show(following());
  for (const [name, text] of [
    ["page", own("screen.page", { page: page + 1, pages: pages.length })],
    ["pause", own(isPaused ? "screen.resume" : "screen.pause")],
    ["next", own("screen.next")],
  ]) if (part(name).textContent !== text) part(name).textContent = text;
}

/** The page that comes by itself: after each page of the full notice the first view comes again. */
function following() {
  const views = pages.filter(one => one.isOfView).length;
  if (page + 1 < views || views === 0) return (page + 1) % pages.length;
  if (page + 1 > views || views === pages.length) return 0;
  behind = behind >= views && behind < pages.length ? behind : views;
  return behind++;
}

function show(another) {
  page = (another + pages.length) % pages.length;
  turned = performance.now();
  place();
}

function turnByHand(steps) {
  if (pages.length < 2) return;
  show(page + steps);
  turn(root.lang);
}

part("next").addEventListener("click", () => turnByHand(1));
part("pause").addEventListener("click", () => { isPaused = !isPaused; turned = performance.now(); turn(root.lang); });
addEventListener("keydown", event => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (["PageDown", "ArrowRight"].includes(event.key)) turnByHand(1);
  if (["PageUp", "ArrowLeft"].includes(event.key)) turnByHand(-1);
});

// The sizes of a screen's type. People read a wall from a distance: a capital letter of the headline covers 0.7 degrees of their view, of
// all other text 0.35 degrees, and the QR code is a tenth of the distance wide. The register of screens knows the glass and the distance.

const root = document.documentElement;

/** A screen of which the register knows nothing counts as one of 32 inches, 1080 pixels wide, read from 2 metres. */
const usual = { width: 1080, widthMm: 398.5, distanceMm: 2_000 };
const degrees = { headline: 0.7, text: 0.35 };
const hand = 480;               // A glass with a shorter side than this, in pixels, that is not registered is in a hand.

/** What the register says of the glass; null when it says nothing. */
function registered() {
  const [width, height, widthMm, distanceMm] = [root.dataset.width, root.dataset.height, root.dataset.widthMm, root.dataset.distanceMm].map(Number);
  return width > 0 && height > 0 && widthMm > 0 && distanceMm > 0 ? { width, height, widthMm, distanceMm } : null;
}

/** Takes over what the register says of the glass now. Returns whether it is something else than before. */
export function remeasure(glass) {
  const before = JSON.stringify(registered());
  for (const name of ["width", "height", "widthMm", "distanceMm"]) {
    if (glass) root.dataset[name] = glass[name];
    else delete root.dataset[name];
  }
  return JSON.stringify(registered()) !== before;
}

/** Whether people can neither scroll nor zoom: the glass is as large as registered, or as a wall is. One that is zoomed scrolls. */
export function isWall() {
  const glass = registered();
  return glass ? innerWidth >= glass.width * 0.9 && innerHeight >= glass.height * 0.9 : Math.min(innerWidth, innerHeight) >= 700;
}

/** The height of a capital letter of the screen's font, as a part of its size. Browsers round it up to a pixel: one less is sure. */
function capital() {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `100px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText("H").actualBoundingBoxAscent / 100 - 0.01 || 0.7;
}

/** Sets the least sizes, in pixels, for the styles. Rounds up: no letter is smaller than it may be. */
export function measure() {
  const glass = registered() ?? { ...usual, width: Math.max(usual.width, Math.min(innerWidth, innerHeight)) };
  root.toggleAttribute("data-hand", !registered() && Math.min(innerWidth, innerHeight) <= hand);
  const pixels = millimetres => millimetres * glass.width / glass.widthMm;
  const size = angle => Math.ceil(pixels(2 * glass.distanceMm * Math.tan(angle * Math.PI / 360)) / capital());
  for (const [name, value] of Object.entries({
    "--least-text": size(degrees.text), "--least-headline": size(degrees.headline), "--least-code": Math.ceil(pixels(glass.distanceMm / 10)),
  })) root.style.setProperty(name, `${value}px`);
}

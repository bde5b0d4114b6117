namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>Looks at a page as it was really laid out, and lists what a person could not read.</summary>
internal static class LayoutChecks
{
    /// <summary>Texts whose contrast with what lies behind them is below a ratio. Takes the ratio.</summary>
    public const string Unreadable = """
        least => {
          const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          const parts = color => color.match(/[\d.]+/g).map(Number);
          const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
          const behind = element => {
            for (let e = element; e; e = e.parentElement) {
              const style = getComputedStyle(e);
              if (style.backgroundImage !== "none") return null;
              const color = parts(style.backgroundColor);
              if (color.length < 4 || color[3] === 1) return color;
            }
            return [255, 255, 255];
          };
          const found = [];
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest("svg, noscript, script")) continue;
            const ground = behind(element);
            const pair = ground && [luminance(parts(getComputedStyle(element).color)), luminance(ground)].sort((a, b) => b - a);
            const ratio = pair ? (pair[0] + 0.05) / (pair[1] + 0.05) : 0;
            if (ratio < least) found.push(`${ratio.toFixed(2)}: ${texts.currentNode.data.trim().slice(0, 60)}`);
          }
          return found;
        }
        """;

    /// <summary>
    /// Texts whose capital letters cover a smaller angle than 0.35 degrees, or 0.7 degrees in the headline, and a QR code that is narrower
    /// than a tenth of the distance. Takes the pixels of a millimetre and the distance in millimetres. Controls are for a hand.
    /// </summary>
    public const string Small = """
        ([pixels, distance]) => {
          const found = [];
          const pen = document.createElement("canvas").getContext("2d");
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
            if (element.closest("svg, noscript, script, .visually-hidden, .controls, .languages, .printed")) continue;
            const style = getComputedStyle(element);
            pen.font = `${style.fontStyle} ${style.fontWeight} 1000px ${style.fontFamily}`;
            const capital = pen.measureText("H").actualBoundingBoxAscent / 1000 * parseFloat(style.fontSize) / pixels;
            const angle = 2 * Math.atan(capital / 2 / distance) * 180 / Math.PI;
            const least = element.closest("h1") ? 0.7 : 0.35;
            if (angle < least) found.push(`${angle.toFixed(3)}°: ${texts.currentNode.data.trim().slice(0, 60)}`);
          }
          const code = document.querySelector(".qr").getBoundingClientRect();
          if (code.width / pixels < distance / 10 - 0.5 || code.height !== code.width) found.push(`a QR code of ${code.width / pixels} mm`);
          return found;
        }
        """;

    /// <summary>
    /// Texts that run out of the glass, out of their box or over another. Takes whether the whole page must fit the glass. Of parts that
    /// take turns only what stands there now is looked at, line by line.
    /// </summary>
    public const string CutOff = """
        whole => {
          const found = [];
          const root = document.documentElement;
          if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth} px wide on a glass of ${innerWidth}`);
          if (whole && root.scrollHeight > innerHeight) found.push(`the page is ${root.scrollHeight} px high on a glass of ${innerHeight}`);
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
            if (element.closest("svg, noscript, script, .skip, .visually-hidden")) continue;
            let isHidden = false;
            for (let e = element; e; e = e.parentElement) isHidden ||= getComputedStyle(e).clipPath !== "none";
            if (isHidden) continue;
            const range = document.createRange();
            range.selectNodeContents(texts.currentNode);
            const box = range.getBoundingClientRect();
            if (element.closest("[tabindex='0']")) continue;  // A wide table scrolls in a frame of its own, by keyboard too.
            const what = texts.currentNode.data.trim().slice(0, 60);
            const turning = [...document.querySelectorAll("main, [data-part=leaf]")]
              .find(part => part.contains(element) && getComputedStyle(part).overflowY === "hidden");
            if (turning) {
              const top = turning.getBoundingClientRect().top + turning.clientTop;
              const bottom = top + turning.clientHeight;
              for (const line of range.getClientRects()) {
                const ink = line.top + line.height / 10;  // No letter has ink above.
                if (line.bottom < top + 2 || ink > bottom - 2) continue;
                if (ink < top - 2 || line.bottom > bottom + 2) found.push(`cut off on its page: ${what}`);
                if (line.left < 0 || line.right > innerWidth) found.push(`out of the glass: ${what}`);
              }
              continue;
            }
            if (box.left < -0.5 || box.right > innerWidth + 0.5) found.push(`out of the glass: ${what}`);
            for (let e = element; e && e !== root; e = e.parentElement) {
              const style = getComputedStyle(e);
              if (style.overflowX === "visible" && style.overflowY === "visible") continue;
              const frame = e.getBoundingClientRect();
              if (style.overflowX === "auto") continue;
              if (box.right > frame.right + 1 || box.bottom > frame.bottom + 1) found.push(`clipped: ${what}`);
            }
            const own = element.getBoundingClientRect();
            if (getComputedStyle(element).display === "inline") continue;
            const lowest = own.bottom + element.clientHeight * 0.3 + 1;
            if (box.right > own.right + 1 || box.bottom > lowest) found.push(`out of its box: ${what}`);
          }
          return found;
        }
        """;
}

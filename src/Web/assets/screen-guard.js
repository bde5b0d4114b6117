// Stands in the page itself, so that it cannot be lost on the way. It watches the scripts and styles of a screen. When one was lost, or the
// screen's own script stopped, it takes back what the screen says and loads the page again, as soon as the registry answers.
(() => {
  const stopped = 20_000, pauses = { first: 3_000, longest: 15_000 };
  const root = document.documentElement;
  let isRecovering = false;
  let isLeaving = false;

  /** The screen's own script sets this each second. */
  window.screenBeat = performance.now();

  const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds * (0.75 + Math.random() / 2)));

  async function canLoad(address) {
    try {
      const answer = await fetch(address, { cache: "no-store", credentials: "omit", headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8_000) });
      return answer.headers.get("Content-Type")?.startsWith("text/html") && (await answer.text()).includes("data-kiosk");
    } catch { return false; }
  }

  /** Loads a page of the registry when it can be loaded, never one of the browser's error pages. */
  window.loadScreen = async address => {
    if (isRecovering) return;
    isRecovering = true;
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
      await wait(pause);
      if (await canLoad(address)) break;
    }
    isLeaving = true;
    location.replace(address);
  };

  function recover() {
    if (isLeaving) return;
    root.dataset.lost = "";
    if (root.dataset.state === "current") root.dataset.state = "unconfirmed";
    window.loadScreen(location.href);
  }

  addEventListener("error", event => {
    if (event.target instanceof HTMLScriptElement) recover();
    if (event.target instanceof HTMLLinkElement) window.loadScreen(location.href);
  }, true);
  addEventListener("pagehide", () => { isLeaving = true; });
  addEventListener("pageshow", () => { isLeaving = false; window.screenBeat = performance.now(); });
  // A browser slows the timers of a page in the background, and a machine sleeps: then the screen's script had no turn either.
  let checked = performance.now();
  setInterval(() => {
    const now = performance.now();
    const hadNoTurn = now - checked > 6_000;
    checked = now;
    if (!hadNoTurn && now - window.screenBeat > stopped) recover();
  }, 2_000);
})();

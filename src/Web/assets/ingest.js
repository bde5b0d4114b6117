// Updates the figures of the staff page with the server's own texts, and shows a message when it cannot.
const page = document.querySelector("[data-figures]");
const pause = page.querySelector("button");
const trouble = page.querySelector(".trouble");
const every = 1000, timeout = 5000; // ms
let paused = false;

const say = sentence => {
  if (trouble.textContent !== sentence) trouble.textContent = sentence;
  trouble.hidden = sentence === "";
};

const refresh = async () => {
  try {
    const answer = await fetch(page.dataset.figures, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(timeout) });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      say("Your session has ended: the figures are no longer updated. Refresh to sign in.");
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const figures = await answer.json();
    page.dataset.state = figures.state;
    for (const place of page.querySelectorAll("[data-words]")) {
      const words = figures.words[place.dataset.words];
      if (words !== undefined && place.textContent !== words) place.textContent = words;
    }
    say("");
  } catch {
    say("The registry does not answer: these figures are out of date.");
  }
};

const tick = async () => {
  if (!paused && !document.hidden) await refresh();
  setTimeout(tick, every);
};

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? "Resume" : "Pause";
});
setTimeout(tick, every);

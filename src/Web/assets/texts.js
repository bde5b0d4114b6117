// The screen's own texts, which the page brings along in every language of the city. Everything about what is recorded comes signed.

const texts = JSON.parse(document.getElementById("texts").textContent);

/** A text with the values put in for its words in braces; in English where the page was loaded before the language was added. */
export function textOf(key, language, values = {}) {
  return (texts[language] ?? texts.en)[key].replace(/\{([a-z-]+)\}/g, (_, name) => values[name]);
}

/** A language's own name; its tag where the page was loaded before the language was added. */
export const nameOf = language => texts[language]?.name ?? language;

/** A text in a language and, where that is another, in English too: each with its language. */
export const withEnglish = (key, language) =>
  [...new Set([language, "en"])].map(tag => [textOf(key, tag), tag]);

/** An age: 12 s, 3 min 4 s, 2 h 5 min, 30 d 2 h. */
export function ageText(milliseconds, language) {
  const seconds = Math.floor(milliseconds / 1000);
  const [minutes, hours, days] = [60, 3600, 86400].map(unit => Math.floor(seconds / unit));
  if (minutes === 0) return textOf("screen.age.seconds", language, { seconds });
  if (hours === 0) return textOf("screen.age.minutes", language, { minutes, seconds: seconds % 60 });
  if (days === 0) return textOf("screen.age.hours", language, { hours, minutes: minutes % 60 });
  return textOf("screen.age.days", language, { days, hours: hours % 24 });
}

/** An instant as people of the language write it, in the city's time. */
export const timeText = (instant, language, timeZone) =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium", timeZone }).format(new Date(instant));

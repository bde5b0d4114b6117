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

/** An age: 12 s, 3 min 4 s, 2 h 5 min. */
export function ageText(milliseconds, language) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return textOf("screen.age.seconds", language, { seconds });
  if (seconds < 3600) return textOf("screen.age.minutes", language, { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
  return textOf("screen.age.hours", language, { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60 });
}

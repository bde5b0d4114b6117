// The few words that belong to the screen itself and not to the notice. Everything about what is recorded comes signed.

const words = {
  en: {
    name: "English",
    title: "What is recorded here now",
    titleWorst: "What may be recorded here",
    sample: "Sample data, not a notice of any city",
    confirmed: "Confirmed with the City’s register",
    unconfirmed: "This screen cannot confirm its notice now. All of this may be recorded.",
    age: age => `Last confirmed ${age} ago`,
    never: "This screen could not confirm the notice. Recording may be in progress.",
    neverMore: "Nothing here could be verified, so nothing else is shown. Ask the staff, or read the notice of this place on the City’s website.",
    connecting: "Asking the City’s register. Recording may be in progress.",
    closed: "This screen has been taken out of service. Recording may be in progress.",
    unpaired: "This screen is not registered. Recording may be in progress.",
    unreviewed: "This translation has not been reviewed by a qualified translator.",
    review: "Under review",
    rule: "Rule",
    kept: "Kept",
    version: "Check",
    seconds: n => `${n} s`,
    minutes: (m, s) => `${m} min ${s} s`,
    hours: (h, m) => `${h} h ${m} min`,
    items: { why: "Why", who: "Who is responsible", access: "Ask for recordings", rights: "Your rights" },
  },
  es: {
    name: "Español",
    title: "Qué se graba aquí ahora",
    titleWorst: "Qué puede grabarse aquí",
    sample: "Datos de ejemplo, no es un aviso de ninguna ciudad",
    confirmed: "Confirmado con el registro de la Ciudad",
    unconfirmed: "Esta pantalla no puede confirmar ahora su aviso. Es posible que se grabe todo esto.",
    age: age => `Última confirmación hace ${age}`,
    never: "Esta pantalla no pudo confirmar el aviso. Es posible que haya grabación.",
    neverMore: "Nada de esto pudo verificarse y por eso no se muestra nada más. Pregunte al personal o lea el aviso de este lugar en el sitio web de la Ciudad.",
    connecting: "Consultando el registro de la Ciudad. Es posible que haya grabación.",
    closed: "Esta pantalla está fuera de servicio. Es posible que haya grabación.",
    unpaired: "Esta pantalla no está registrada. Es posible que haya grabación.",
    unreviewed: "Ningún traductor cualificado ha revisado esta traducción.",
    review: "En revisión",
    rule: "Norma",
    kept: "Conservación",
    version: "Control",
    seconds: n => `${n} s`,
    minutes: (m, s) => `${m} min ${s} s`,
    hours: (h, m) => `${h} h ${m} min`,
    items: { why: "Por qué", who: "Quién es responsable", access: "Pedir grabaciones", rights: "Sus derechos" },
  },
};

/** The screen's words in a language; in English where it has none. */
export const wordsOf = language => words[language] ?? words.en;

/** An age in words: 12 s, 3 min 4 s, 2 h 5 min. */
export function ageInWords(milliseconds, language) {
  const say = wordsOf(language);
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return say.seconds(seconds);
  if (seconds < 3600) return say.minutes(Math.floor(seconds / 60), seconds % 60);
  return say.hours(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60);
}

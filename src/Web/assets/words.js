// The few words that belong to the screen itself and not to the notice. Everything about what is recorded comes signed.

const words = {
  en: {
    name: "English",
    title: "What is being recorded here",
    confirmed: "Confirmed with the City’s register",
    unconfirmed: age => `Not confirmed for ${age}. Take it that all of this may be recorded.`,
    never: "This screen could not confirm its notice. Recording may be in progress.",
    neverMore: "It shows no details because it has none that it could verify. Ask the staff here, or use the City’s website.",
    connecting: "Asking the City’s register. Until it answers, take it that recording may be in progress.",
    closed: "This screen has been taken out of service. Recording may be in progress.",
    unreviewed: "This translation has not been reviewed by a qualified translator.",
    seconds: n => `${n} s`,
    minutes: (m, s) => `${m} min ${s} s`,
    hours: (h, m) => `${h} h ${m} min`,
    items: { why: "Why", who: "Who is responsible", rule: "Under which rule", retention: "How long it is kept", access: "Ask for recordings", rights: "Your rights", surprise: "You may not expect" },
  },
  es: {
    name: "Español",
    title: "Qué se graba aquí",
    confirmed: "Confirmado con el registro de la Ciudad",
    unconfirmed: age => `Sin confirmar desde hace ${age}. Considere que todo esto puede estar grabándose.`,
    never: "Esta pantalla no pudo confirmar su aviso. Es posible que haya grabación.",
    neverMore: "No muestra detalles porque no tiene ninguno que haya podido verificar. Pregunte al personal o consulte el sitio web de la Ciudad.",
    connecting: "Consultando el registro de la Ciudad. Hasta que responda, considere que es posible que haya grabación.",
    closed: "Esta pantalla está fuera de servicio. Es posible que haya grabación.",
    unreviewed: "Ningún traductor cualificado ha revisado esta traducción. · This translation has not been reviewed by a qualified translator.",
    seconds: n => `${n} s`,
    minutes: (m, s) => `${m} min ${s} s`,
    hours: (h, m) => `${h} h ${m} min`,
    items: { why: "Por qué", who: "Quién responde", rule: "Según qué norma", retention: "Cuánto tiempo se conserva", access: "Pedir grabaciones", rights: "Sus derechos", surprise: "Lo que quizá no espera" },
  },
};

export const wordsOf = language => words[language] ?? words.en;

export function ageInWords(milliseconds, language) {
  const say = wordsOf(language);
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return say.seconds(seconds);
  if (seconds < 3600) return say.minutes(Math.floor(seconds / 60), seconds % 60);
  return say.hours(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60);
}

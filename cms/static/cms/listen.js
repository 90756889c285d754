// Reads the page aloud with the device's own voice, when it has one.
const READ = "h1, h2, h3, p, li, td, th, dt, dd, label, legend, figcaption, summary, .choice";
const SKIP = "nav, .no-print, .print-only, .visually-hidden, [hidden], details:not([open]) > :not(summary)";

for (const place of document.querySelectorAll("[data-listen]")) {
  if (!("speechSynthesis" in window)) continue;
  const button = document.createElement("button");
  button.type = "button";
  const show = (speaking) => {
    button.textContent = speaking ? place.dataset.stop : place.dataset.listen;
  };
  const sentences = () =>
    [...document.querySelectorAll(`main :is(${READ})`)]
      .filter((node) => !node.closest(SKIP) && !node.querySelector(READ))
      .map((node) => node.textContent.trim())
      .filter(Boolean);
  show(false);
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return show(false);
    }
    const texts = sentences();
    texts.forEach((text, number) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.lang = document.documentElement.lang;
      if (number === texts.length - 1) speech.addEventListener("end", () => show(false));
      speechSynthesis.speak(speech);
    });
    show(true);
  });
  place.append(button);
  place.hidden = false;
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}

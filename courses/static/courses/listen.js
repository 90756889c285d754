// Reads a lesson aloud with the device's own voice, when it has one.
for (const place of document.querySelectorAll("[data-listen]")) {
  if (!("speechSynthesis" in window)) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  const show = (speaking) => {
    button.textContent = speaking ? place.dataset.stop : place.dataset.label;
    button.setAttribute("aria-pressed", String(speaking));
  };
  show(false);
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return show(false);
    }
    const article = place.closest("article").cloneNode(true);
    for (const part of article.querySelectorAll(".no-print, .print-only, nav, form")) part.remove();
    const texts = [...article.querySelectorAll("h1, h2, h3, p, li, td, th, dt, dd")];
    const sentences = texts
      .filter((node) => !node.querySelector("p, li"))
      .map((node) => node.textContent.trim())
      .filter(Boolean);
    sentences.forEach((text, number) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.lang = document.documentElement.lang;
      if (number === sentences.length - 1) speech.addEventListener("end", () => show(false));
      speechSynthesis.speak(speech);
    });
    show(true);
  });
  place.append(button);
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}

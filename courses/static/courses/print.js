// Adds a print button where the page has a place for one.
for (const place of document.querySelectorAll("[data-print]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = place.dataset.label;
  button.addEventListener("click", () => window.print());
  place.append(button);
}

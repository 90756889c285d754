// Looks every five seconds whether the document is drawn, then shows its button.
for (const waiting of document.querySelectorAll("[data-waiting-for]")) {
  const address = waiting.dataset.waitingFor;
  const look = async () => {
    const answer = await fetch(address, { method: "HEAD" }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    clearInterval(timer);
    waiting.querySelector("[data-until-ready]").hidden = true;
    waiting.querySelector("[data-when-ready]").hidden = false;
  };
  const timer = setInterval(look, 5000);
}

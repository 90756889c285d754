// Gives each unnamed rich text editor the name of the field that it stands in.
const nameEditors = () => {
  for (const editor of document.querySelectorAll(".public-DraftEditor-content[role=textbox]:not([aria-label])")) {
    const field = editor.closest("[data-field], .w-panel, [data-streamfield-child]");
    const label = field?.querySelector("label, .w-panel__heading, .c-sf-block__title");
    if (label) editor.setAttribute("aria-label", label.textContent.replace("*", "").trim());
  }
};
new MutationObserver(nameEditors).observe(document.documentElement, { childList: true, subtree: true });
document.addEventListener("DOMContentLoaded", nameEditors);

// Keeps a chosen answer in the browser until the server has it, should the line drop.
for (const form of document.querySelectorAll("form[data-keep-answer]")) {
  const name = (part) => form.elements.namedItem(part)?.value ?? "";
  const key = `answer ${form.action} ${name("position")} ${name("version")}`;
  const boxes = () => [...form.querySelectorAll("input[type=radio], input[type=checkbox], input[type=text], select")];
  const isTyped = (box) => box.tagName === "SELECT" || box.type === "text";
  const store = (value) => {
    try {
      value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value);
    } catch {
      // No storage on this device: the page works without it.
    }
  };
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(key));
  } catch {
    kept = null;
  }
  if (Array.isArray(kept)) {
    boxes().forEach((box, number) => {
      if (isTyped(box)) box.value = kept[number] ?? box.value;
      else box.checked = kept[number] === true;
    });
  }
  form.addEventListener("input", () =>
    store(JSON.stringify(boxes().map((box) => (isTyped(box) ? box.value : box.checked)))),
  );
}

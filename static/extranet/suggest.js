// The suggestions under the search box, by keyboard: ↓ and ↑ walk from the box through the titles, Escape goes back to the
// box and empties the list. htmx brings the list; Tab and a screen reader need nothing of this.
//
// <div data-suggest> with, inside: the <input type="search"> and the [aria-live] region that htmx fills with links.

for (const box of document.querySelectorAll("[data-suggest]")) {
  const input = box.querySelector("input[type=search]");
  const region = box.querySelector("[aria-live]");

  box.addEventListener("keydown", (event) => {
    const stops = [input, ...region.querySelectorAll("a")];
    const here = stops.indexOf(document.activeElement);
    if (event.key === "Escape" && region.childElementCount) {
      event.preventDefault();
      region.replaceChildren();
      input.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && here !== -1) {
      const next = stops[here + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      next.focus();
    }
  });
}

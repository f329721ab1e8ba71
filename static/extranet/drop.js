// Files dropped anywhere on a folder's page: the deposit form comes to them, with the files in its list. Without this module, and for
// the keyboard, the page's link to the form is the way.
//
// <a data-drop-here href="…/deposer/?dossier=…"> where the form is, and [data-drop-place], a hidden sentence which says so, before which
// the form is shown.

import { start } from "./upload.js";

const link = document.querySelector("a[data-drop-here]");
if (link) listen(link);

function listen(link) {
  let add = null; // once the form is there
  const place = document.querySelector("[data-drop-place]");
  place.hidden = !window.matchMedia("(hover: hover)").matches; // nothing is dragged with a finger
  const holdsFiles = (event) => [...event.dataTransfer.types].includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("x-dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("x-dropping"); // out of the window
  });
  document.addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    document.body.classList.remove("x-dropping");
    if (event.defaultPrevented) return; // the form's own zone has them
    event.preventDefault();
    const files = [...event.dataTransfer.files]; // forgotten by the event after the first wait
    add ??= bring(link, place);
    (await add)?.(files);
  });
}

// The form of the deposit page, put here; or that page itself, when it is not to be had.
async function bring(link, place) {
  const answer = await fetch(link.href).catch(() => null);
  const page = answer?.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const form = page?.querySelector("form[data-upload]");
  if (!form) {
    window.location.assign(link.href);
    return null;
  }
  form.action = link.href;
  const section = document.createElement("section");
  section.className = "x-dropped";
  section.tabIndex = -1;
  section.setAttribute("aria-label", "Déposer des documents");
  section.append(document.adoptNode(form));
  section.querySelector(".fr-btns-group a").href = window.location.href; // « Annuler » stays here
  place.before(section);
  place.hidden = true;
  const add = start(form);
  section.scrollIntoView({ block: "nearest" });
  section.focus({ preventScroll: true });
  return add;
}

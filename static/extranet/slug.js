// Proposes an identifier from a name while the person has not written one: <input data-slug-from="id_name">.
function slugOf(text) {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/['’]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "");
}

for (const target of document.querySelectorAll("[data-slug-from]")) {
  const source = document.getElementById(target.dataset.slugFrom);
  let proposed = slugOf(source.value);
  source.addEventListener("input", () => {
    if (target.value === "" || target.value === proposed) {
      proposed = slugOf(source.value);
      target.value = proposed;
    }
  });
}

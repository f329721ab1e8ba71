// Copies an address that is shown once: <button data-copy="id of what holds it" hidden>. Where the browser lets no page copy, the button stays hidden.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.nextElementSibling.textContent = "L’adresse est copiée.";
  });
}

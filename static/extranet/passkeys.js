// Passkey pages: show what needs WebAuthn where the browser has it, and say in French what went wrong.
(function () {
  if (window.PublicKeyCredential) {
    document.querySelectorAll("[data-needs-webauthn]").forEach((element) => { element.hidden = false })
    document.querySelectorAll("[data-without-webauthn]").forEach((element) => { element.hidden = true })
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault()
    const cancelled = event.detail.exception && event.detail.exception.name === "NotAllowedError"
    let box = document.getElementById("passkey-error")
    if (!box) {
      box = document.createElement("div")
      box.id = "passkey-error"
      box.className = "fr-alert fr-alert--error fr-alert--sm fr-mb-3w"
      box.setAttribute("role", "alert")
      document.querySelector("main h1").after(box)
    }
    const text = document.createElement("p")
    text.textContent = cancelled
      ? "La clé d’accès n’a pas répondu, ou vous avez annulé. Vous pouvez recommencer."
      : "Cette clé d’accès n’a pas pu être utilisée. Réessayez, ou choisissez un autre moyen."
    box.replaceChildren(text)
  })
})()

// Sets the theme chosen on this device before the first pixel, so that a dark page never flashes white. The DSFR's own
// script, loaded later, offers the choice and keeps it under the same key.
(() => {
  let scheme = "system";
  try {
    scheme = localStorage.getItem("scheme") || scheme;
  } catch {
    // Storage refused by the browser: follow the system.
  }
  const dark = scheme === "dark" || (scheme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const root = document.documentElement;
  root.setAttribute("data-fr-scheme", scheme);
  root.setAttribute("data-fr-theme", dark ? "dark" : "light");
  root.style.colorScheme = dark ? "dark" : "light";
})();

// Runs before the first paint, as a file of its own, so that the page needs no inline script in its security policy.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem("airtime-theme");
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
})();

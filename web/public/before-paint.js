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

  // Everything on a page of the Studio waits for who is signed in: asked for while the page's code is still on its way.
  if (location.pathname.startsWith("/sign-")) return;
  const me = document.createElement("link");
  Object.assign(me, { rel: "preload", as: "fetch", href: "/api/me", crossOrigin: "anonymous" });
  document.head.append(me);
})();

/** A stand-in for https://app.lemonsqueezy.com/js/lemon.js: the same globals, the checkout in an iframe over the page.
 *  Styles go through the style object, since the application's content policy allows no inline ones.
 *  Source: lemon-squeezy.md section 8. */
export const lemonScript = `(() => {
  "use strict";
  let eventHandler = null;
  let overlay = null;

  function open(url) {
    if (overlay) close();
    const address = new URL(url, location.href);
    address.searchParams.set("embed", "1");

    const layer = document.createElement("div");
    layer.className = "lemonsqueezy-overlay";
    layer.setAttribute("role", "dialog");
    layer.setAttribute("aria-modal", "true");
    layer.setAttribute("aria-label", "Checkout");
    // A modal dialog of the page may have turned pointer events off for the whole body.
    layer.style.cssText = "position:fixed;inset:0;z-index:2147483647;pointer-events:auto;" +
      "background:rgba(16,13,40,.55)";

    const frame = document.createElement("iframe");
    frame.src = address.href;
    frame.title = "Checkout";
    frame.allow = "payment";
    frame.style.cssText = "position:absolute;inset:0;width:100%;height:100%;border:0;background:transparent";

    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", "Close checkout");
    button.textContent = "\\u00d7";
    button.style.cssText = "position:absolute;top:12px;right:16px;width:44px;height:44px;border:0;" +
      "border-radius:22px;background:rgba(16,13,40,.75);color:#fff;font:400 28px/44px system-ui,sans-serif;" +
      "padding:0;cursor:pointer";
    button.addEventListener("click", close);

    layer.append(frame, button);
    overlay = {
      layer,
      frame,
      origin: address.origin,
      focused: document.activeElement,
      covered: [...document.body.children].filter((element) => !element.inert),
      overflow: document.documentElement.style.overflow,
    };
    document.documentElement.style.overflow = "hidden";
    // The page below takes no focus while the checkout is open.
    for (const element of overlay.covered) element.inert = true;
    document.body.append(layer);
    button.focus();
  }

  function close() {
    if (!overlay) return;
    const closed = overlay;
    overlay = null;
    closed.layer.remove();
    for (const element of closed.covered) element.inert = false;
    document.documentElement.style.overflow = closed.overflow;
    if (closed.focused instanceof HTMLElement) closed.focused.focus();
  }

  function refresh() {
    for (const link of document.querySelectorAll("a.lemonsqueezy-button")) {
      if (link.dataset.lemonsqueezy) continue;
      link.dataset.lemonsqueezy = "ready";
      link.addEventListener("click", (click) => {
        click.preventDefault();
        open(link.href);
      });
    }
  }

  addEventListener("message", (message) => {
    // Only the open checkout may speak, and only from where it was loaded.
    if (!overlay || message.source !== overlay.frame.contentWindow || message.origin !== overlay.origin) return;
    if (message.data === "close" || message.data?.event === "close") close();
    else if (typeof message.data?.event === "string" && eventHandler) eventHandler(message.data);
  });
  addEventListener("keydown", (key) => {
    if (key.key === "Escape" && overlay) close();
  });

  window.createLemonSqueezy = () => {
    window.LemonSqueezy = {
      Setup(options) {
        eventHandler = options?.eventHandler ?? null;
      },
      Refresh: refresh,
      Url: { Open: open, Close: close },
    };
    refresh();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", window.createLemonSqueezy);
  else window.createLemonSqueezy();
})();
`;

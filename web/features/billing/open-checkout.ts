interface CheckoutOverlay {
  Setup(options: { eventHandler(event: { event: string }): void }): void;
  Url: { Open(url: string): void; Close(): void };
}

declare global {
  interface Window {
    LemonSqueezy?: CheckoutOverlay;
    createLemonSqueezy?: () => void;
  }
}

const SCRIPT_TIMEOUT_MS = 5000;

let overlayScript: Promise<CheckoutOverlay | null> | undefined;

/** Loads the payment provider's overlay script, once. Null when it can't be loaded: then a new tab is used. */
export function loadOverlay(scriptUrl: string | null | undefined): Promise<CheckoutOverlay | null> {
  if (!scriptUrl) return Promise.resolve(null);
  overlayScript ??= injectScript(scriptUrl).then((loaded) => {
    if (loaded && !window.LemonSqueezy) window.createLemonSqueezy?.();
    return (loaded && window.LemonSqueezy) || null;
  });
  return overlayScript.then((overlay) => {
    // A failure may pass; the next attempt loads it again.
    if (overlay === null) overlayScript = undefined;
    return overlay;
  });
}

/** How a checkout came up: over the page, in a new tab, or not at all because the browser blocked the tab. */
export type CheckoutOpening = "overlay" | "tab" | "blocked";

/** Opens a checkout over the page, else in a new tab. @param onPaid called when the overlay reports a payment; the
 *  credits themselves come by the signed notice, never by this. */
export function openCheckout(
  url: string,
  overlay: CheckoutOverlay | null,
  onPaid: () => void,
): CheckoutOpening {
  if (overlay !== null) {
    overlay.Setup({
      eventHandler: ({ event }) => {
        if (event !== "Checkout.Success") return;
        overlay.Url.Close();
        onPaid();
      },
    });
    overlay.Url.Open(url);
    return "overlay";
  }
  // Without the "noopener" feature, which would hide whether the tab was blocked; the link back is cut by hand.
  const tab = window.open(url, "_blank");
  if (tab === null) return "blocked";
  tab.opener = null;
  return "tab";
}

function injectScript(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(true);
    script.onerror = () => {
      script.remove();
      resolve(false);
    };
    setTimeout(() => resolve(false), SCRIPT_TIMEOUT_MS);
    document.head.append(script);
  });
}

import { lazy, Suspense, useEffect, useState } from "react";

const KeysDialog = lazy(() => import("./keys-dialog.tsx"));

/** Whether single keys do something; they can be turned off in their own list. */
export const SHORTCUTS_KEY = "airtime-single-keys";

const EVENT_OF_KEY: Record<string, string> = {
  r: "airtime:refresh",
  "/": "airtime:search",
  "?": "airtime:keys",
};

/** Single keys of the Studio: they become events, which the page that can serve them hears. */
export function Shortcuts() {
  const [listed, setListed] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const name = EVENT_OF_KEY[event.key.toLowerCase()];
      if (name === undefined || !isMeantForThePage(event)) return;
      event.preventDefault();
      dispatchEvent(new Event(name));
    };
    const onList = () => setListed(true);
    addEventListener("keydown", onKey);
    addEventListener("airtime:keys", onList);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("airtime:keys", onList);
    };
  }, []);
  if (!listed) return null;
  return (
    <Suspense>
      <KeysDialog onClose={() => setListed(false)} />
    </Suspense>
  );
}

/** Not while someone types, holds a modifier, has a dialog or a list open, or has turned the keys off. */
function isMeantForThePage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  if (localStorage.getItem(SHORTCUTS_KEY) === "off") return false;
  const { target } = event;
  if (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select"))
  )
    return false;
  return document.querySelector("[role=dialog], [role=listbox], [role=menu]") === null;
}

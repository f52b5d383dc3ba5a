import { useState } from "react";

const OUT_MS = 150;

/** Lets a modal leave with its motion: closed at once for the eye, told to its owner when it is gone; focus goes back to where
 *  it was when the modal opened. */
export function useClosing(onClose: () => void) {
  const [open, setOpen] = useState(true);
  const [opener] = useState(() => document.activeElement);
  return {
    open,
    onOpenChange: (next: boolean) => {
      if (next || !open) return;
      setOpen(false);
      setTimeout(onClose, OUT_MS);
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    },
  };
}

import { lazy, type ReactNode, Suspense, useState } from "react";
import type { MenuEntry } from "./menu.tsx";

const loadMenu = () => import("./menu.tsx");
const Menu = lazy(loadMenu);

export interface MenuButtonProps {
  label: string;
  /** What the button looks like. */
  face: ReactNode;
  entries: MenuEntry[];
  align: "start" | "end";
  className: string;
}

/** A button that opens a menu. The menu's code comes when the pointer or the focus comes near. */
export function MenuButton(props: MenuButtonProps) {
  const [opened, setOpened] = useState(false);
  const { label, face, className } = props;
  const closed = (
    <button
      type="button"
      aria-label={label}
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setOpened(true)}
      className={className}
    >
      {face}
    </button>
  );
  if (!opened) return closed;
  return (
    <Suspense fallback={closed}>
      <Menu {...props} />
    </Suspense>
  );
}

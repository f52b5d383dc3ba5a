import { type RefObject, useEffect, useState } from "react";

/** Height of the top bar, under which the page scrolls away. */
const TOP_BAR_PX = 56;

/** Whether an element has been scrolled out of sight at the top. */
export function useScrolledPast(ref: RefObject<Element | null>): boolean {
  const [past, setPast] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver(
      ([entry]) => entry && setPast(!entry.isIntersecting && entry.boundingClientRect.top < TOP_BAR_PX),
      { rootMargin: `-${TOP_BAR_PX}px 0px 0px 0px` },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return past;
}

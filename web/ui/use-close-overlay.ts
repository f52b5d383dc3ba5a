import { useLocation, useNavigate, useRouter } from "@tanstack/react-router";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The address was reached from the page that lies under the panel or dialog it opens. */
    overPage?: true;
  }
}

/** Closes what an address opened over its page. Opened from the page, it is left by going back: else Back would open it
 *  once more. Opened by a link from elsewhere, its part of the address is taken away.
 *  @param name of the search parameter that opens it. */
export function useCloseOverlay(name: string): () => void {
  const router = useRouter();
  const navigate = useNavigate();
  const { overPage } = useLocation().state;
  return () => {
    if (overPage) return router.history.back();
    const search = (now: object) => ({ ...now, [name]: undefined });
    void navigate({ to: ".", search, replace: true, resetScroll: false });
  };
}

import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

interface ListStateProps {
  pending: boolean;
  failed: boolean;
  empty: boolean;
  /** What is listed, for the words: "API keys". */
  noun: string;
  emptyText: string;
  onRetry(): void;
}

/** What stands in a list's place while it loads, when it failed, or when it is empty; nothing when there are rows. */
export function ListState({ pending, failed, empty, noun, emptyText, onRetry }: ListStateProps) {
  if (failed) {
    return (
      <div className="border-t border-edge p-5">
        <Notice
          tone="danger"
          action={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          <p className="font-semibold">Failed to load {noun}</p>
          <p>Please try again later</p>
        </Notice>
      </div>
    );
  }
  if (pending) {
    return (
      <div aria-busy="true" role="status" aria-label={`Loading ${noun}`} className="border-t border-edge">
        {[70, 50, 60, 45, 65].map((width) => (
          <div key={width} className="flex h-12 items-center border-t border-hair px-5 first:border-t-0">
            <span className="skeleton h-3.5 rounded-full" style={{ width: `${width}%` }} />
          </div>
        ))}
      </div>
    );
  }
  return empty ? <p className="border-t border-edge px-5 py-12 text-center text-ink-2">{emptyText}</p> : null;
}

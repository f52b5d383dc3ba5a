import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";

const COPIED_MS = 2000;

/** Copies a text; for two seconds its icon is a check and it says "Copied". */
export function CopyButton({
  text,
  label,
  look = "icon",
}: {
  text: string;
  label: string;
  look?: "icon" | "button";
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));

  if (look === "button") {
    return (
      <Button icon={copied ? Check : Copy} onClick={copy} size="small">
        {copied ? "Copied" : "Copy"}
      </Button>
    );
  }
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={copied ? "Copied" : label}
      title={label}
      className="inline-flex h-6 min-w-6 items-center justify-center gap-1.5 rounded-md px-1 text-ink-3 transition-colors duration-[120ms] hover:bg-hover hover:text-ink"
    >
      {copied ? (
        <span className="inline-flex items-center gap-1.5 text-[12px] font-[550] text-success-text">
          <Check size={15} aria-hidden /> Copied
        </span>
      ) : (
        <Copy size={14} aria-hidden />
      )}
    </button>
  );
}

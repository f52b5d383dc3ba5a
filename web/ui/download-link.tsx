import { Download } from "lucide-react";

/** A file to download, looking like an outline button. */
export function DownloadLink({ href, children }: { href: string; children: string }) {
  return (
    <a
      href={href}
      download
      className="type-button inline-flex h-10 items-center gap-2 rounded-lg border border-strong bg-surface px-4 shadow-control hover:bg-hover max-md:flex-1 max-md:justify-center"
    >
      <Download size={16} aria-hidden /> {children}
    </a>
  );
}

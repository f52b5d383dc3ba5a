import { Download } from "lucide-react";

const SIZES = {
  normal: "type-button h-10 gap-2 px-4 max-md:flex-1",
  small: "h-8 gap-1.5 px-3 text-[13px] leading-5 font-semibold max-md:h-11",
};

interface DownloadLinkProps {
  href: string;
  /** Read instead of the text, where several links say the same. */
  label?: string;
  /** The file's name, where the address does not say it. */
  name?: string;
  size?: keyof typeof SIZES;
  children: string;
}

/** A file to download, looking like an outline button. Above a row that is a link as a whole. */
export function DownloadLink({ href, label, name = "", size = "normal", children }: DownloadLinkProps) {
  return (
    <a
      href={href}
      download={name}
      aria-label={label}
      className={`relative z-10 inline-flex shrink-0 items-center justify-center rounded-lg border border-strong bg-surface whitespace-nowrap shadow-control hover:bg-hover ${SIZES[size]}`}
    >
      <Download size={16} aria-hidden /> {children}
    </a>
  );
}

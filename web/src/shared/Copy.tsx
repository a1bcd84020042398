import { useEffect, useState } from "react";
import "./copy.css";

/** How long "copied" stays, in milliseconds: long enough to be read. */
const SHOWN = 1500;

/**
 * A button that copies text. `label` says what, for its name: "Copy trace id". It shows an icon, or `children` where given.
 */
export function Copy({ text, label, children }: { text: string; label: string; children?: string }) {
  const [outcome, setOutcome] = useState<"" | "copied" | "not copied">("");
  useEffect(() => {
    if (outcome === "") return;
    const timer = setTimeout(() => setOutcome(""), SHOWN);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome((await copyText(text)) ? "copied" : "not copied");
  return (
    <button type="button" className="copy" aria-label={label} title={label} onClick={copy}>
      {children ?? <CopyIcon />}
      <span className="copy-outcome" role="status">
        {outcome}
      </span>
    </button>
  );
}

function CopyIcon() {
  return (
    <svg width="13" height="13" viewBox="0 0 13 13" fill="none" stroke="currentColor" aria-hidden="true">
      <rect x="4" y="4" width="8" height="8" rx="1.5" />
      <path d="M9 4V2.5A1.5 1.5 0 0 0 7.5 1h-5A1.5 1.5 0 0 0 1 2.5v5A1.5 1.5 0 0 0 2.5 9H4" />
    </svg>
  );
}

/** Copies text; says whether it did. Browsers allow it to pages of this machine and over HTTPS only. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

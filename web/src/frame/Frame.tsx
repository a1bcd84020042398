import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { LiveContext, useLiveConnection } from "../shared/live.ts";
import "./frame.css";
import { KeyboardHelp } from "./KeyboardHelp.tsx";
import { LiveDot } from "./LiveDot.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

/** The pages one can go to from everywhere; below some of them are others. */
const PLACES = [
  { path: "/runs", name: "Runs", below: [] },
  { path: "/pipelines", name: "Pipelines", below: ["/pipeline", "/task"] },
  { path: "/compare", name: "Compare", below: [] },
];

/** What every page has around it: the way to the others, search, how the server is; and the shortcuts. */
export function Frame({ children }: { children: ReactNode }) {
  const live = useLiveConnection();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  useShortcuts({ onHelp: () => setIsHelpOpen(true) });
  return (
    <LiveContext value={live}>
      <a className="skip-link" href="#content">
        Skip to content
      </a>
      <header className="frame">
        <Link href="/runs" className="frame-name quiet">
          Throughline
        </Link>
        <Places />
        <SearchBox />
        <LiveDot />
        <ThemeSwitch />
        <button
          type="button"
          className="frame-icon"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => setIsHelpOpen(true)}
        >
          ?
        </button>
      </header>
      <main className="page" id="content" tabIndex={-1}>
        {children}
      </main>
      <KeyboardHelp isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </LiveContext>
  );
}

function Places() {
  const pathname = usePathname();
  const isHere = ({ path, below }: (typeof PLACES)[number]) =>
    pathname.startsWith(path) || below.some((each) => each === pathname);
  return (
    <nav className="frame-places" aria-label="Pages">
      {PLACES.map((place) => (
        <Link
          key={place.path}
          href={place.path}
          className="quiet"
          aria-current={isHere(place) ? "page" : undefined}
        >
          {place.name}
        </Link>
      ))}
    </nav>
  );
}

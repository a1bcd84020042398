import { chooseTheme, type ThemeChoice, useThemeChoice } from "../shared/theme.ts";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const WORDS: Record<ThemeChoice, string> = { system: "as the system", light: "light", dark: "dark" };

/** Light, dark, or as the system says: each press goes on to the next. */
export function ThemeSwitch() {
  const choice = useThemeChoice();
  return (
    <button
      type="button"
      className="frame-icon"
      aria-label={`Theme: ${WORDS[choice]}`}
      title={`Theme: ${WORDS[choice]}. Press for ${WORDS[NEXT[choice]]}.`}
      onClick={() => chooseTheme(NEXT[choice])}
    >
      <ThemeIcon choice={choice} />
    </button>
  );
}

function ThemeIcon({ choice }: { choice: ThemeChoice }) {
  return (
    <svg
      width="15"
      height="15"
      viewBox="0 0 15 15"
      stroke="currentColor"
      strokeWidth="1.2"
      aria-hidden="true"
    >
      {choice === "light" && (
        <>
          <circle cx="7.5" cy="7.5" r="3" fill="none" />
          <path d="M7.5 1v1.6M7.5 12.4V14M1 7.5h1.6M12.4 7.5H14M2.9 2.9 4 4M11 11l1.1 1.1M2.9 12.1 4 11M11 4l1.1-1.1" />
        </>
      )}
      {choice === "dark" && <path d="M12.8 9.3A5.8 5.8 0 0 1 5.7 2.2a5.8 5.8 0 1 0 7.1 7.1Z" fill="none" />}
      {choice === "system" && (
        <>
          <circle cx="7.5" cy="7.5" r="5.5" fill="none" />
          <path d="M7.5 2a5.5 5.5 0 0 1 0 11Z" fill="currentColor" stroke="none" />
        </>
      )}
    </svg>
  );
}

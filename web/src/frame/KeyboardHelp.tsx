import { useEffect, useRef } from "react";
import { SHORTCUTS } from "./use-shortcuts.ts";

/** Which keys do what, in a dialog that Escape closes. */
export function KeyboardHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keyboard</h2>
      {SHORTCUTS.map(({ place, keys }) => (
        <section key={place}>
          <h3>{place}</h3>
          <dl>
            {keys.map((shortcut) => (
              <div key={shortcut.keys}>
                <dt>
                  {shortcut.keys.split(" ").map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{shortcut.does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <button type="button" className="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}

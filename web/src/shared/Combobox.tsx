import { type KeyboardEvent, type ReactNode, type RefObject, useState } from "react";
import "./combobox.css";

/** Something that can be picked. `value` is unique among what is offered. */
export interface Offer {
  value: string;
  /** How it is shown; `value` where absent. */
  content?: ReactNode;
}

interface ComboboxProps {
  label: string;
  placeholder: string;
  text: string;
  onText: (text: string) => void;
  offers: readonly Offer[];
  /** What to say where nothing is offered; nothing is said where absent. */
  note?: string | undefined;
  onPick: (offer: Offer) => void;
  /** Enter with nothing marked in the list. */
  onEnter: (text: string) => void;
  /** Of the text field, for labels and for focusing it. */
  id: string;
  inputRef?: RefObject<HTMLInputElement | null>;
  className?: string;
}

/**
 * A text field that offers things to pick: arrows mark, Enter picks, Escape closes, and leaves the field when pressed again.
 * The pattern is the "editable combobox with list autocomplete" of the ARIA authoring practices.
 */
export function Combobox({
  label,
  placeholder,
  text,
  onText,
  offers,
  note,
  onPick,
  onEnter,
  id,
  ...rest
}: ComboboxProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [marked, setMarked] = useState(-1);
  const isShown = isOpen && offers.length > 0;
  const current = isShown ? offers[marked] : undefined;

  const close = () => {
    setIsOpen(false);
    setMarked(-1);
  };
  const pick = (offer: Offer) => {
    setMarked(-1);
    onPick(offer);
  };
  const enter = () => {
    close();
    onEnter(text);
  };
  // Around in a circle, in which "nothing marked" (-1) has a place too.
  const move = (step: number) => {
    const places = offers.length + 1;
    setIsOpen(true);
    setMarked(((marked + 1 + step + places) % places) - 1);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") current ? pick(current) : enter();
    else if (event.key === "Escape") isShown ? close() : event.currentTarget.blur();
    else return;
    event.preventDefault();
  };

  return (
    <div className={`combobox ${rest.className ?? ""}`}>
      <input
        id={id}
        ref={rest.inputRef}
        className="field"
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={current && `${id}-${marked}`}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          onText(event.target.value);
          setIsOpen(true);
          setMarked(-1);
        }}
        onFocus={() => setIsOpen(true)}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      <div className="combobox-list" id={`${id}-list`} role="listbox" aria-label={label} hidden={!isShown}>
        {offers.map((offer, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the text field, which points here with aria-activedescendant
          <div
            key={offer.value}
            id={`${id}-${index}`}
            className="combobox-offer"
            role="option"
            tabIndex={-1}
            aria-selected={index === marked}
            // Before the field loses its focus, and the list with it.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(offer)}
          >
            {offer.content ?? <span className="clip">{offer.value}</span>}
          </div>
        ))}
      </div>
      {isOpen && offers.length === 0 && note !== undefined && (
        <p className="combobox-list combobox-note" role="status">
          {note}
        </p>
      )}
    </div>
  );
}

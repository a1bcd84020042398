import { useEffect, useState } from "react";
import type { SearchAnswer, ValuesAnswer } from "../../../src/insight/answers/index.ts";
import { questionPath, useAnswer } from "../shared/api.ts";
import { Combobox, type Offer } from "../shared/Combobox.tsx";
import { formatMany, formatTime } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { useSettled } from "../shared/use-settled.ts";
import { isDays, readDays, SIDE_KINDS, type SideChoice, type SideKind, writeDays } from "./sides.ts";

interface SidePickerProps {
  name: "a" | "b";
  choice: SideChoice;
  onChoose: (choice: SideChoice) => void;
}

/** Chooses one side: of what kind it is, and which. */
export function SidePicker({ name, choice, onChoose }: SidePickerProps) {
  const label = `Side ${name.toUpperCase()}`;
  return (
    <fieldset className="side">
      <legend className="side-name" data-side={name}>
        {name.toUpperCase()}
      </legend>
      <select
        className="field"
        aria-label={`${label}, kind`}
        value={choice.kind}
        onChange={(event) => onChoose({ kind: event.target.value as SideKind, value: "" })}
      >
        {SIDE_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {kind}
          </option>
        ))}
      </select>
      {choice.kind === "period" && isDays(choice.value) ? (
        <PeriodFields label={label} choice={choice} onChoose={onChoose} />
      ) : (
        <ValueField key={choice.kind} label={label} choice={choice} onChoose={onChoose} />
      )}
    </fieldset>
  );
}

interface FieldProps {
  label: string;
  choice: SideChoice;
  onChoose: (choice: SideChoice) => void;
}

function PeriodFields({ label, choice, onChoose }: FieldProps) {
  const days = readDays(choice.value);
  const set = (changed: Partial<typeof days>) =>
    onChoose({ kind: "period", value: writeDays({ ...days, ...changed }) });
  return (
    <span className="side-period">
      <input
        className="field"
        type="date"
        aria-label={`${label}, from`}
        value={days.since}
        onChange={(event) => set({ since: event.target.value })}
      />
      to
      <input
        className="field"
        type="date"
        aria-label={`${label}, up to`}
        value={days.until}
        onChange={(event) => set({ until: event.target.value })}
      />
    </span>
  );
}

function ValueField({ label, choice, onChoose }: FieldProps) {
  const [text, setText] = useState(choice.value);
  useEffect(() => setText(choice.value), [choice.value]);
  const offers = useOffers(choice.kind, text);
  const choose = (value: string) => {
    setText(value);
    onChoose({ ...choice, value: value.trim() });
  };
  return (
    <Combobox
      className="side-value"
      id={`side-${label.at(-1)}`}
      label={label}
      placeholder={choice.kind === "run" ? "name or trace id" : "name"}
      text={text}
      onText={setText}
      offers={offers}
      onPick={({ value }) => choose(value)}
      onEnter={choose}
    />
  );
}

/** What there is to choose from: values the server knows, or runs that are found. */
function useOffers(kind: SideKind, text: string): Offer[] {
  const search = useSettled(text.trim(), 120);
  const isRun = kind === "run";
  const isListed = kind === "branch" || kind === "pipeline";
  const values = useAnswer<ValuesAnswer>(
    isListed ? questionPath("values", { field: kind, search }) : undefined,
  );
  const found = useAnswer<SearchAnswer>(
    isRun && search !== "" ? questionPath("search", { q: search }) : undefined,
  );
  if (isListed) return (values.data?.values ?? []).map(({ value, runs }) => offerOfValue(value, runs));
  if (!isRun || search === "") return [];
  return (found.data?.matches ?? []).filter((match) => match.kind === "run").map(offerOfRun);
}

function offerOfValue(value: string, runs: number): Offer {
  return {
    value,
    content: (
      <>
        <span className="clip mono">{value}</span>
        <span className="faint number">{formatMany(runs, "run")}</span>
      </>
    ),
  };
}

function offerOfRun(run: Extract<SearchAnswer["matches"][number], { kind: "run" }>): Offer {
  return {
    value: run.traceId,
    content: (
      <>
        <Glyph result={run.result} isShort />
        <span className="clip mono">{run.name}</span>
        <span className="faint number">{formatTime(run.startTime)}</span>
      </>
    ),
  };
}

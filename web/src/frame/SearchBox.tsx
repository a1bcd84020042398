import { useRef, useState } from "react";
import { navigate } from "wouter/use-browser-location";
import type { SearchAnswer } from "../../../src/insight/answers/index.ts";
import { questionPath, useAnswer } from "../shared/api.ts";
import { Combobox, type Offer } from "../shared/Combobox.tsx";
import { formatMany } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { hrefOf, pipelineHref, runHref } from "../shared/url-state.ts";
import { useSettled } from "../shared/use-settled.ts";

type Match = SearchAnswer["matches"][number];

/** Finds a trace id, a UID, a run's name or a pipeline. Enter opens the best match, or searches the runs where there is none. */
export function SearchBox() {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const question = useSettled(text.trim(), 120);
  const { data, isPlaceholderData } = useAnswer<SearchAnswer>(
    question === "" ? undefined : questionPath("search", { q: question }),
  );
  const isAnswered = data !== undefined && !isPlaceholderData && question === text.trim();
  const matches = question === "" || text.trim() === "" ? [] : (data?.matches ?? []);

  const go = (href: string) => {
    setText("");
    input.current?.blur();
    navigate(href);
  };
  const open = (typed: string) => {
    const name = typed.trim();
    if (name === "") return;
    const best = question === name ? matches[0] : undefined;
    go(best === undefined ? runOrSearchHref(name) : matchHref(best));
  };
  return (
    <Combobox
      className="frame-search"
      label="Search"
      placeholder="Search: trace id, run, pipeline"
      id="search"
      inputRef={input}
      text={text}
      onText={setText}
      offers={matches.map(offerOf)}
      note={
        isAnswered && question !== "" ? "No run, pipeline or trace has this in its name or id." : undefined
      }
      onPick={({ value }) => go(value)}
      onEnter={open}
    />
  );
}

/** Ids are whole: they open at once, without waiting for the list. */
function runOrSearchHref(text: string): string {
  const isId = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(text);
  return isId ? runHref(text) : hrefOf("/runs", { search: text });
}

function matchHref(match: Match): string {
  return match.kind === "pipeline" ? pipelineHref(match.pipeline) : runHref(match.traceId);
}

function offerOf(match: Match): Offer {
  return { value: matchHref(match), content: <MatchLine match={match} /> };
}

function MatchLine({ match }: { match: Match }) {
  switch (match.kind) {
    case "run":
      return (
        <>
          <Glyph result={match.result} isShort />
          <span className="clip mono">{match.name}</span>
          <span className="clip faint">{match.pipeline}</span>
        </>
      );
    case "pipeline":
      return (
        <>
          <span className="faint">pipeline</span>
          <span className="clip mono">{match.pipeline}</span>
          <span className="faint number">{formatMany(match.runs, "run")}</span>
        </>
      );
    case "trace":
      return (
        <>
          <span className="faint">trace</span>
          <span className="clip mono">{match.name}</span>
          <span className="clip faint">{match.service}</span>
        </>
      );
  }
}

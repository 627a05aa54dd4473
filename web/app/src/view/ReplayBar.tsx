import { useEffect, useRef } from "preact/hooks";

import { announce } from "../state/announce";
import { bind } from "../state/keys";
import { type Speed, speeds } from "../state/player";
import type { TimelineStore } from "../state/timeline";
import { instant } from "../text/duration";
import { text } from "../text/text";
import { since } from "../text/since";

/** Goes through the events of the attempt: a slider, step by step, or playing. */
export function ReplayBar({ store }: { store: TimelineStore }) {
  const { replay, player } = store;
  const range = replay.range.value;
  const position = replay.position.value;
  const playing = player.playing.value;
  const at = position === 0 ? (range?.last ?? 0) : position;

  // Who goes step by step without the slider hears where that leads.
  const stepped = useRef(false);
  const shown = replay.replayed.value;
  useEffect(() => {
    if (stepped.current && shown?.version === replay.position.peek()) announce(valueText(store));
    stepped.current = false;
  }, [shown]);
  const step = (by: number) => {
    const { last } = replay.range.peek() ?? { last: 0 };
    player.pause();
    stepped.current = true;
    // The event after the last is now, and the one before now is the last but one.
    if (replay.position.peek() === 0) return by < 0 && replay.seek(last - 1);
    replay.seek(replay.position.peek() + by);
  };
  const toggle = () => (player.playing.peek() ? player.pause() : player.play());
  useEffect(
    () =>
      bind([
        { key: ",", does: "keys.replay.previous", run: () => step(-1) },
        { key: ".", does: "keys.replay.next", run: () => step(1) },
        { key: "k", does: "keys.replay.play", run: toggle },
      ]),
    [store],
  );

  return (
    <div class="replay" role="group" aria-label={text("replay.title")}>
      <div class="replay-buttons">
        <button aria-label={text("replay.previous")} disabled={!range || at <= range.first} onClick={() => step(-1)}>‹</button>
        <button class="replay-play" aria-label={text(playing ? "replay.pause" : "replay.play")} disabled={!range || range.last <= range.first} onClick={toggle}>
          {playing ? "❚❚" : "▶"}
        </button>
        <button aria-label={text("replay.next")} disabled={!range || position === 0 || at >= range.last} onClick={() => step(1)}>›</button>
        <select
          aria-label={text("replay.speed")}
          title={text("replay.speed.hint")}
          value={player.speed.value}
          onChange={(event) => (player.speed.value = event.currentTarget.value as Speed)}
        >
          {speeds.map((speed) => <option key={speed} value={speed}>{speed === "fit" ? text("replay.speed.fit") : `${speed}×`}</option>)}
        </select>
      </div>
      <input
        type="range"
        class="replay-slider"
        aria-label={text("replay.slider")}
        aria-valuetext={valueText(store)}
        min={range?.first ?? 0}
        max={range?.last ?? 0}
        value={at}
        disabled={!range}
        onInput={(event) => {
          player.pause();
          replay.seek(Number(event.currentTarget.value));
        }}
      />
      <div class="replay-where">
        <Where store={store} />
      </div>
    </div>
  );
}

/** Which event it is, and when that was, for who cannot see it. */
function valueText(store: TimelineStore): string {
  const { replay, origin } = store;
  const range = replay.range.value;
  const past = replay.replayed.value;
  const position = replay.position.value;
  if (!range || position === 0) return text("replay.now");
  const event = text("replay.event", position - range.first + 1, range.last - range.first + 1);
  return past?.version === position ? `${event}, ${text("replay.since", since(Date.parse(past.updatedAt) - origin.value))}` : event;
}

function Where({ store }: { store: TimelineStore }) {
  const { replay, player, origin } = store;
  const range = replay.range.value;
  if (!range) return <span>{text(replay.failure.value === null ? "app.loading" : "replay.none")}</span>;
  const position = replay.position.value;
  const count = range.last - range.first + 1;
  if (position === 0) return <><span>{text("replay.live")}</span><span>{text("replay.events", count)}</span></>;
  const ready = replay.replayed.value?.version === position;
  const clock = player.clock.value;
  return (
    <>
      <span>{ready ? `${instant(new Date(clock).toISOString())} · ${text("replay.since", since(clock - origin.value))}` : text("replay.loading", position - range.first + 1)}</span>
      <span>{text("replay.event", position - range.first + 1, count)}</span>
    </>
  );
}

import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { TextsProvider } from "../design/texts";
import { CallPill } from "./words";
import "./texts";

const ANSWERED = "2026-03-01T10:00:05Z";

it.each([
  ["caller_hung_up", ANSWERED, "Answered", "idle"],
  ["conference_ended", ANSWERED, "Answered", "idle"],
  ["conference_ended", null, "The conference ended", "idle"],
  ["answered_elsewhere", null, "Answered on another phone", "idle"],
  ["kicked", ANSWERED, "Kicked", "idle"],
  ["administrator", ANSWERED, "Ended by an administrator", "bad"],
  ["server_stopped", ANSWERED, "Server restarted", "bad"],
  ["no_answer", null, "No answer", "bad"],
])("says of %s, answered at %s: %s, %s", (cause, answered_at, words, tone) => {
  const { container } = render(
    <TextsProvider>
      <CallPill call={{ state: "ended", cause, answered_at }} />
    </TextsProvider>,
  );
  const pill = container.querySelector(".pill");
  expect(pill?.textContent).toBe(words);
  expect(pill?.classList.contains(tone)).toBe(true);
});

import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { TextsProvider } from "../design/texts";
import { participant } from "../testing/samples";
import { Network, State } from "./person";
import "./texts";

it.each([
  [2.5, "Network fair: 2.5 % lost, 12 ms jitter"],
  [100, "No audio arrives"],
])("a loss of %s: %s", (loss_percent, words) => {
  const quality = { loss_percent, jitter_ms: 12, rtt_ms: null };
  render(
    <TextsProvider>
      <Network one={participant({ quality })} />
    </TextsProvider>,
  );
  expect(screen.getByRole("img").getAttribute("aria-label")).toBe(words);
});

it.each([
  ["Listening", 0, {}],
  ["Talking", 0, { talking: true }],
  ["Muted", 0, { muted: true }],
  ["Talking", 99.5, { talking: true }],
  ["No audio", 100, {}],
  ["No audio", 100, { muted: true }],
])("says %s at a loss of %s of %j", (words, loss_percent, rest) => {
  const quality = { loss_percent, jitter_ms: 0, rtt_ms: null };
  const { container } = render(
    <TextsProvider>
      <State one={participant({ quality, ...rest })} />
    </TextsProvider>,
  );
  expect(container.textContent).toBe(words);
});

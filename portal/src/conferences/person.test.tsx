import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { TextsProvider } from "../design/texts";
import { participant } from "../testing/samples";
import { Network } from "./person";
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

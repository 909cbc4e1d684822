import { useQuery } from "@tanstack/react-query";
import { roomQuery } from "./queries";

/** The name of a room that is named by its id alone, such as by the address. */
export function useRoomName(id: string | undefined): string | undefined {
  return useQuery({ ...roomQuery(id ?? ""), enabled: id !== undefined }).data?.name;
}

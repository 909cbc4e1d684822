import type { components } from "./schema";

type Schemas = components["schemas"];

/** The resources of the API, under the names that pages use. */
export type AccessProfile = Schemas["AccessProfile"];
export type Actor = Schemas["Actor"];
export type ApiKey = Schemas["ApiKey"];
export type AuditEntry = Schemas["AuditEntry"];
export type Call = Schemas["Call"];
export type CallLeg = Schemas["Leg"];
export type CallParty = Schemas["CallParty"];
export type Conference = Schemas["Conference"];
export type ConferenceManager = Schemas["ConferenceManager"];
export type ConferenceManagerWithPassword = Schemas["ConferenceManagerWithPassword"];
export type ConferenceRole = Participant["role"];
export type Contact = Schemas["Contact"];
export type CreatedApiKey = Schemas["CreatedApiKey"];
export type CreatedUser = Schemas["CreatedUser"];
export type Customer = Schemas["Customer"];
export type Destination = Schemas["Destination"];
export type Device = Schemas["Device"];
export type DeviceWithPassword = Schemas["DeviceWithPassword"];
export type Endpoint = Schemas["Endpoint"];
export type Grant = Schemas["Grant"];
export type Me = Schemas["Me"];
export type Participant = Schemas["Participant"];
export type ParticipantState = Participant["state"];
export type PhoneBookEntry = Schemas["PhoneBookEntry"];
export type Presence = User["state"];
export type Quality = Schemas["Quality"];
export type Recording = Schemas["Recording"];
export type Room = Schemas["ConferenceRoom"];
export type Running = Schemas["RunningConference"];
export type Session = Schemas["Session"];
export type Site = Schemas["Site"];
export type Step = Schemas["Step"];
export type UsedIn = Schemas["UsedIn"];
export type User = Schemas["User"];

/** A page of a list; `next` is the cursor of the page after it. */
export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

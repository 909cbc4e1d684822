home-title = Home
home-intro = What goes on now, and what was changed last.
home-first = First steps
home-first-text = Nobody but you is here yet. Add the people who call, put their credentials into their phones, and make a room to meet in.
home-add-user = Add a user
home-add-room = Make a room
home-users = Users
home-reachable = { $count ->
    [0] nobody available now
    [one] 1 available now
   *[other] { $count } available now
  }
home-calls = Calls now
home-conferences = Conferences now
home-rooms = Rooms
home-calls-none = Nobody is on a call.
home-conferences-none = No conference is running.
home-joined = { $count ->
    [one] 1 in the room
   *[other] { $count } in the room
  }
home-changes = Latest changes
home-changes-none = Nothing was changed yet.
home-changes-by = { $what }, by { $name }
home-all-calls = All calls
home-all-rooms = All rooms
home-all-changes = All changes

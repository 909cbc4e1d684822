managers-title = Conference managers
managers-intro = Accounts that see the conference rooms they may run, and nothing else.
managers-add = Add conference manager
managers-add-intro = Pick the extension of the person. Username and password are made for you.
managers-search = Search username or extension
managers-username = Username
managers-extension = Extension
managers-person = Person
managers-extension-help = It is called by itself when the manager starts a conference.
managers-room-add = Add a room
managers-no-rooms-yet = None yet: this account sees nothing until a room is added.
managers-pick = Pick an extension…
managers-rooms = Rooms
managers-rooms-intro = Which rooms this manager may run.
managers-all-rooms = All rooms
managers-all-rooms-help = Those added later too.
managers-some-rooms = Only these
managers-no-rooms = none
managers-change-rooms = Change rooms
managers-state = State
managers-active = Active
managers-disabled = Disabled
managers-created = Added
managers-disable = Disable
managers-enable = Enable
managers-disabled-done = { $username } is disabled.
managers-enabled-done = { $username } is enabled.
managers-reset = Reset password
managers-reset-title = A new password for { $username }?
managers-reset-text = The present one stops working, and the account is signed out everywhere. Conferences that run go on.
managers-delete = Delete
managers-delete-title = Delete { $username }?
managers-delete-text = The account is signed out and gone. Rooms and running conferences stay.
managers-deleted = { $username } is deleted.
managers-secret-title = Hand these over
managers-portal = Portal address
managers-secret-use = They are entered on the sign-in page at this address.
managers-more-rooms =
    { $count ->
        [one] one more
       *[other] { $count } more
    }
managers-count =
    { $count ->
        [one] One conference manager
       *[other] { NUMBER($count) } conference managers
    }
managers-done = Done
managers-none = No conference managers yet
managers-none-text = Give one to whoever prepares and runs your conferences but administers nothing else.
managers-none-found = Nobody matches
managers-none-found-text = Try a part of the username, or the extension.

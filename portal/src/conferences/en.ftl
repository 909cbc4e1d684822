conferences-title = Conferences
conferences-intro = Rooms that call their participants. Open one to prepare it or to run it.
conferences-search = Search name or number
conferences-count =
    { $count ->
        [one] One room
       *[other] { NUMBER($count) } rooms
    }
conferences-running = Running now
conferences-idle = Ready to start
conferences-none = No rooms yet
conferences-none-text = A room has a number that people call, and calls the people you choose when you start it.
conferences-none-found = No room matches
conferences-none-found-text = Try a part of its name, or its number.
conferences-live = Live
conferences-locked = Locked
conferences-recording = Recording
conferences-state-idle = Idle
conferences-open = Open
conferences-prepare = Prepare
conferences-look = Look at it
conferences-start-calls =
    { $count ->
        [0] Start
       *[other] Start · calls { $count }
    }
conferences-prepare-listed = Prepare · { $count } to call
conferences-same-people =
    { $count ->
        [one] The same one as last time
       *[other] The same { $count } as last time
    }
conferences-start-conference = Start conference
conferences-start-number = start the conference
conferences-calling =
    { $count ->
        [0] Starting…
        [one] Calling one person…
       *[other] Calling { $count } people…
    }
conferences-of = { $count } of { $limit }
conferences-up-to = up to { $limit }
conferences-room-number = Room { $number }
conferences-already-running = Somebody has started it already.
conferences-tab-conference = Conference
conferences-tab-settings = Settings
conferences-tab-history = History
conferences-room-actions = Actions for this room
conferences-delete-room = Delete room…
conferences-delete-title = Delete { $name }?
conferences-delete-text = Its number { $number } becomes free, and a conference in it ends. Past conferences stay in the call history. This cannot be undone.
conferences-deleted = { $name } is deleted.
conferences-add-room = Add room
conferences-add-room-intro = A name and a number are enough; everything else can be set later.
conferences-ended-notice = The conference ended at { $time } after { $length }.

conferences-to-call = Who is called
conferences-to-call-none = Nobody yet. Add people with Invite, or start and let them call { $number }.
conferences-places = Places taken
conferences-too-many = There is room for { $limit }: take { $over } off the list, or raise the limit in Settings.
conferences-host = Host
conferences-you = You
conferences-you-called = { $number } · called first
conferences-call-me = Call me too, at { $number }
conferences-pin = Call { $name } at every start
conferences-unpin = No longer call { $name } at every start
conferences-take-off = Take { $name } off the list
conferences-invite = Invite
conferences-look-only = You cannot start conferences in this room. While one runs, you see it here.
conferences-standing-none = Nobody is called by itself.
conferences-settings-shut = Whoever looks after the room changes these.
conferences-is-on = On
conferences-is-off = Off
conferences-before-start = Before you start
conferences-this = This conference
conferences-the-room = The room
conferences-the-room-for-good = These change the room, for this conference and all to come.
conferences-record-where = What is recorded is under Recordings afterwards.

conferences-invite-title = Whom to call
conferences-invite-more = Invite into the conference
conferences-invite-more-short = Invite
conferences-invite-put =
    { $count ->
        [0] Put on the list
        [one] Put one on the list
       *[other] Put { $count } on the list
    }
conferences-invite-call =
    { $count ->
        [0] Call now
        [one] Call one now
       *[other] Call { $count } now
    }
conferences-from = Where from
conferences-from-extensions = Extensions
conferences-from-contacts = Phone book
conferences-search-people = Search name or number
conferences-nobody-found = Nobody matches.
conferences-no-extensions = Nobody has an extension yet.
conferences-no-contacts = The phone book is empty.
conferences-already-there = on the list
conferences-add-number = Add a number
conferences-add-number-of = Add { $name }
conferences-dial-prefix = Prefix
conferences-number-or-address = Number or address
conferences-number-example = 0301234567 or #sip:room@host
conferences-add = Add
conferences-will-dial = Dials { $target }.
conferences-belongs-to = That is { $name }.
conferences-not-a-number = That is neither a number nor an address like #sip:user@host.
conferences-is-there = { $target } is on the list already.
conferences-no-place = The room is full: take somebody off first.
conferences-unreachable = It cannot be reached: { $reason }
conferences-reach-unknown = Whether it answers shows when it is called.
conferences-on-the-list = To be called
conferences-on-the-list-count =
    { $count ->
        [0] To be called
       *[other] To be called ({ $count })
    }
conferences-on-the-list-none = Tick people, or add a number.

conferences-in-the-room = In the room
conferences-in-the-room-count = { $count } in the room
conferences-nobody-yet = Nobody is in yet. Those who are called appear here when they answer; others can call { $number }.
conferences-select-all = Select all
conferences-select-found = Select the { $count } found
conferences-all-actions = Actions for all
conferences-kick-all = Kick all but moderators…
conferences-kick-all-title = Kick all but the moderators?
conferences-withheld = Number withheld
conferences-mute-count = Mute { $count }
conferences-being-called = { $count } are being called
conferences-find = Find in the room
conferences-mute = Mute
conferences-unmute = Unmute
conferences-mute-one = Mute { $name }
conferences-unmute-one = Unmute { $name }
conferences-mute-all = Mute all but moderators
conferences-mute-all-short = Mute all
conferences-unmute-all = Unmute all
conferences-kick = Kick…
conferences-lower-hand = Lower the hand
conferences-lower-hands =
    { $count ->
        [0] Lower the raised hands
        [one] Lower the raised hand
       *[other] Lower { $count } raised hands
    }
conferences-hand = Hand raised
conferences-is-talking = Talking
conferences-is-muted = Muted
conferences-is-listening = Listening
conferences-is-cut-off = No audio
conferences-lock = Lock
conferences-unlock = Unlock
conferences-record-now = Record
conferences-stop-recording = Stop recording
conferences-recordings = Recordings
conferences-recording-of = Recording of { $started }
conferences-recordings-of-room = Recordings of this room
conferences-recording-failed = The recording ended by itself:
conferences-recording-failed-disk_full = the disk is full.
conferences-recording-failed-disk_too_slow = the disk is too slow.
conferences-recording-failed-not_writable = the server may not write to the folder of recordings.
conferences-recording-failed-disk_fault = the disk failed.
conferences-recording-failed-server_stopped = the server stopped.
conferences-end = End for all
conferences-end-title = End the conference for all?
conferences-end-text =
    { $count ->
        [0] Nobody is in it now.
        [one] One person is in it and will be hung up.
       *[other] { $count } people are in it and will be hung up.
    }
conferences-go-on = Go on
conferences-controls = Conference controls
conferences-role-owner = Owner
conferences-role-moderator = Moderator
conferences-role-operator = Operator
conferences-role-participant = Participant
conferences-role-guest = Guest
conferences-network = Network { $word }: { $loss } % lost, { $jitter } ms jitter
conferences-network-good = good
conferences-network-fair = fair
conferences-network-poor = poor
conferences-network-bad = bad
conferences-network-nothing = No audio arrives

conferences-lobby-count =
    { $count ->
        [one] One person waits to be let in
       *[other] { $count } people wait to be let in
    }
conferences-waiting = Waiting
conferences-admit = Let in
conferences-admit-all = Let all in
conferences-turn-away = Turn { $name } away
conferences-not-connected = Not connected
conferences-call-again = Call again
conferences-call-all-again = Call { $count } again
conferences-stop = Stop
conferences-fate-calling = Calling
conferences-fate-ringing = Ringing
conferences-fate-busy = Busy
conferences-fate-no-answer = No answer
conferences-fate-failed = Not reached
conferences-fate-left = Left
conferences-fate-kicked = Kicked
conferences-reason-no-trunk = There is no line to the outside.
conferences-reason-unknown-number = Nobody has this number.
conferences-reason-disabled = The account is disabled.
conferences-reason-unknown-host = That address does not exist.
conferences-reason-not-allowed = That address may not be called.
conferences-reason-offline = No phone is registered.
conferences-reason-declined = The call was declined.
conferences-reason-busy = On another call.
conferences-reason-no-answer = It rang, nobody came.
conferences-reason-cancelled = The call was stopped.
conferences-reason-forbidden = Not allowed in.
conferences-reason-no-common-codec = The phone speaks no codec of ours.
conferences-reason-media-timeout = Its audio stopped arriving.
conferences-reason-network-failure = The network did not carry the call.
conferences-reason-server-stopped = The server was restarted.
conferences-reason-overload = The server was too busy.
conferences-reason-administrator = Ended by an administrator.
conferences-reason-caller-hung-up = Hung up.
conferences-reason-callee-hung-up = Hung up.
conferences-reason-answered-elsewhere = Answered on another phone.
conferences-reason-not-banned = The number is withheld, so it can call in again.
conferences-reason-forwarded = The phone forwards its calls elsewhere.
conferences-reason-failed = The phone refused the call.

conferences-kick-title =
    { $count ->
        [one] Kick { $name }?
       *[other] Kick { $count } people?
    }
conferences-kick-now =
    { $count ->
        [one] Kick
       *[other] Kick { $count }
    }
conferences-ban = May they call back in?
conferences-ban-end = Not in this conference
conferences-ban-five = After five minutes
conferences-ban-none = At once
conferences-ban-help = An invitation from you always lets them back in.

conferences-timeline = What happened
conferences-did-started = The conference started
conferences-did-ended = The conference ended
conferences-did-joined = { $name } joined
conferences-did-left = { $name } left
conferences-did-waits = { $name } waits in the lobby
conferences-did-called =
    { $count ->
        [one] { $name } is called
       *[other] { $count } people are called
    }
conferences-did-busy = { $name } was busy
conferences-did-no-answer = { $name } did not answer
conferences-did-failed = { $name } could not be reached
conferences-did-kicked = { $name } was kicked
conferences-did-muted =
    { $count ->
        [one] { $name } was muted
       *[other] { $count } people were muted
    }
conferences-did-unmuted =
    { $count ->
        [one] { $name } was unmuted
       *[other] { $count } people were unmuted
    }
conferences-did-hand = { $name } raised a hand
conferences-did-locked = The room was locked
conferences-did-unlocked = The room was unlocked
conferences-did-recording = Recording started
conferences-did-recording-off = Recording stopped

conferences-history-none = Nothing has been held here yet
conferences-history-none-text = Past conferences are listed here with who came and how long they took.
conferences-history-nobody = Nobody came.
conferences-history-more = { $count } more
conferences-history-load = Show more

conferences-section-room = Room
conferences-section-entry = Coming in
conferences-section-running = While it runs
conferences-name = Name
conferences-name-help = As people will know it, like Board meeting.
conferences-number = Number
conferences-number-fixed = Only an administrator can change it.
conferences-number-help = Free and internal, like 600. People call it to join.
conferences-owner = Owner
conferences-owner-none = Nobody
conferences-owner-take = Let nobody own it
conferences-owner-help = May do everything in it, from the portal or a phone.
conferences-moderators = Moderators
conferences-moderators-help = May invite, mute and kick.
conferences-moderators-add = Add a moderator…
conferences-participant-pin = Participant PIN
conferences-participant-pin-help = 4 to 10 digits that callers are asked for.
conferences-moderator-pin = Moderator PIN
conferences-moderator-pin-help = Who enters it is a moderator.
conferences-limit = Participants at most
conferences-limit-help = The host counts too.
conferences-lobby = Lobby
conferences-lobby-short = Callers wait until you let them in.
conferences-lobby-help = Callers wait until a moderator lets them in.
conferences-lock-on-start = Lock on start
conferences-lock-on-start-short = Only those invited can come in.
conferences-lock-on-start-help = Nobody else can come in once the invited have joined.
conferences-join-muted = Join muted
conferences-join-muted-short = Everyone but moderators is silent at first.
conferences-join-muted-help = Everyone but moderators joins muted.
conferences-webinar = Only moderators talk
conferences-webinar-short = All others listen.
conferences-webinar-help = All others listen, and may raise their hand with *5.
conferences-wait-for-moderator = Wait for a moderator
conferences-wait-for-moderator-short = Nobody hears anybody before one is in.
conferences-wait-for-moderator-help = Nobody hears anybody before a moderator is in.
conferences-music-while-alone = Music while alone
conferences-music-while-alone-help = For whoever is the only one in the room.
conferences-end-when-moderator-leaves = End when the last moderator leaves
conferences-end-when-moderator-leaves-help = Everyone is hung up then.
conferences-announce = When someone joins or leaves
conferences-announce-tone = A short tone
conferences-announce-none = Nothing is heard
conferences-record = Recording
conferences-record-off = Never
conferences-record-on-demand = On demand
conferences-record-always = Always
conferences-time-limit = Time limit
conferences-time-limit-help = The conference ends by itself then.
conferences-no-time-limit = none
conferences-minutes-unit = minutes
conferences-minutes =
    { $count ->
        [one] One minute
       *[other] { $count } minutes
    }
conferences-call-out = Called at every start
conferences-call-out-help = By whoever starts the room, beside those chosen then.
conferences-show = show
conferences-hide = hide

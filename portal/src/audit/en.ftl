audit-title = Audit
audit-intro = Every change: who made it, from where, and what it was before.
audit-search = Search names
audit-count =
    { $count ->
        [one] One entry
       *[other] { NUMBER($count) } entries
    }
audit-none = Nothing has happened yet
audit-none-text = Every change that a person or a program makes appears here, and cannot be altered.
audit-none-found = No entry matches
audit-none-found-text = Try another name, or fewer filters.
audit-act = What
audit-actor = Who
audit-door = Through
audit-at = When
audit-model = Kind
audit-sequence = Place in the chain
audit-hash = Hash
audit-changes = What changed
audit-no-fields = No field was changed by this.
audit-field = Field
audit-before = Before
audit-after = After
audit-verify = Verify the chain
audit-export = Export
audit-verified =
    { $count ->
        [one] The chain holds: one entry, unaltered.
       *[other] The chain holds: { NUMBER($count) } entries, none altered.
    }
audit-broken = The chain does not hold at entry { $at }: it or one before it was altered.
audit-door-portal = Portal
audit-door-api = API
audit-door-cli = Command line
audit-door-phone = Telephone
audit-door-system = Server
audit-model-user = User
audit-model-device = Phone
audit-model-conference-room = Conference room
audit-model-conference = Conference
audit-model-conference-manager = Conference manager
audit-model-contact = Contact
audit-model-customer = Customer
audit-model-site = Site
audit-model-api-key = API key
audit-model-access-profile = Access profile
audit-model-session = Session
audit-model-call = Call
audit-model-server = Server
audit-model-endpoint = Registration
audit-verb-removed = removed
audit-verb-first-started = started for the first time
audit-verb-password-set = password set
audit-verb-hand-lowered = hand lowered
audit-verb-created = added
audit-verb-changed = changed
audit-verb-updated = changed
audit-verb-deleted = deleted
audit-verb-started = started
audit-verb-ended = ended
audit-verb-locked = locked
audit-verb-unlocked = unlocked
audit-verb-muted = participants muted
audit-verb-unmuted = participants unmuted
audit-verb-kicked = participants kicked
audit-verb-invited = invitations sent
audit-verb-admitted = participants let in
audit-verb-hands-lowered = hands lowered
audit-verb-recording-started = recording started
audit-verb-recording-stopped = recording stopped
audit-verb-password-reset = password reset
audit-verb-password-changed = password changed
audit-verb-signed-in = signed in
audit-verb-signed-out = signed out
audit-verb-endpoint-removed = registration removed

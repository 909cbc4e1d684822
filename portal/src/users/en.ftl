users-title = Users
users-intro = Everyone with a phone or a sign-in, and what they are doing now.
users-add = Add user
users-search = Search name, email, number
users-count =
    { $count ->
        [one] One user
       *[other] { NUMBER($count) } users
    }
users-name = Name
users-extension = Extension
users-state = State
users-role = Role
users-phones = Phones
users-username = Username
users-email = Email
users-created = Added
users-site = Site
users-no-extension = none
users-with-extension = with
users-without-extension = without
users-phones-none = none
users-phones-count =
    { $count ->
        [one] One phone
       *[other] { NUMBER($count) } phones
    }
users-state-available = Available
users-state-ringing = Ringing
users-state-on_call = On a call
users-state-do_not_disturb = Do not disturb
users-state-offline = Offline
users-state-disabled = Disabled
users-open = Open
users-disable = Disable
users-enable = Enable
users-delete = Delete…
users-disabled-done =
    { $count ->
        [one] { $name } is disabled.
       *[other] { NUMBER($count) } users are disabled.
    }
users-enabled-done =
    { $count ->
        [one] { $name } is enabled.
       *[other] { NUMBER($count) } users are enabled.
    }
users-together = Edit together…
users-together-title =
    { $count ->
        [one] Edit one user
       *[other] Edit { NUMBER($count) } users together
    }
users-together-intro = What you choose here is given to all of them. The rest stays as each has it.
users-together-as-is = As it is
users-together-sign-in = Account
users-together-sign-in-help = Disabled: no sign-in, no registration, no calls; everything is kept.
users-together-enabled = Enabled
users-together-disabled = Disabled
users-together-same =
    { $count ->
        [one] One is so already.
       *[other] { NUMBER($count) } are so already.
    }
users-together-act =
    { $count ->
        [0] Change
        [one] Change one
       *[other] Change { NUMBER($count) }
    }
users-together-done =
    { $count ->
        [one] One user is changed.
       *[other] { NUMBER($count) } users are changed.
    }
users-together-not-back =
    { $count ->
        [one] One user could not be put back: it has been changed since.
       *[other] { NUMBER($count) } users could not be put back: they have been changed since.
    }
users-find-site = Find a site
users-site-default = The organisation’s default
users-none = No users yet
users-none-text = Users are the people of your organisation. Give one an extension, and a phone can register with it.
users-none-found = Nobody matches
users-none-found-text = Try a part of a name, an email address, a number, or fewer filters.
users-clear-filters = Clear search and filters
users-delete-title =
    { $count ->
        [one] Delete { $name }?
       *[other] Delete { NUMBER($count) } users?
    }
users-delete-text =
    { $count ->
        [one] Their phones stop working and their calls end at once. The call history and the audit log keep the name. This cannot be undone.
       *[other] The phones of these { NUMBER($count) } stop working and their calls end at once. The call history and the audit log keep the names. This cannot be undone.
    }
users-delete-used = { $name } is used in these. Choose who takes each over:
users-use-heir = Who takes over { $name }
users-use-heir-forwarding = Where do the forwarded calls of { $name } go
users-use-choose = Choose…
users-use-nobody = Nobody
users-use-nobody-help = This use ends
users-use-nobody-deletes = The account is deleted too
users-use-deletes = With nobody to take it over, the account { $name } is deleted too, and signed out.
users-delete-count =
    { $count ->
        [0] Delete
        [one] Delete
       *[other] Delete { NUMBER($count) }
    }
users-deleted-done =
    { $count ->
        [one] { $name } is deleted.
       *[other] { NUMBER($count) } users are deleted.
    }
users-used-user = Forwarding of
users-used-conference-room = Conference room
users-used-conference-manager = Conference manager

users-add-title = Add user
users-add-intro = Only name and email are needed. An extension brings a phone.
users-add-provider = Add provider administrator
users-add-provider-intro = They belong to the provider, look after every customer, and have no phone. To add a customer’s user, choose the customer above first.
users-add-choose = For a customer’s user, choose the customer first.
users-provider-role-help = The provider’s own people all have this role.
users-provider-password-help = Without one they cannot sign in. You can give it later too.
users-first-name = First name
users-last-name = Last name
users-email-help = For signing in.
users-username-help = Made from the email unless you choose one.
users-password = Password
users-password-help = Leave it empty if the person only has a phone: without one nobody can sign in.
users-role-help = What they may do here.
users-extension-help = The next free one is offered. Empty: no phone.
users-extension-help-present = Empty: no phone.
users-phone-mac = MAC address
users-phone-mac-help = Printed under desk phones, like 00:15:65:AA:BB:CC.
users-phone-model = Model
users-phone-model-help = As you would call it, like Yealink T54W.
users-add-phone-details = Name the phone
users-created-title = { $name } is added
users-created-intro = With these the phone registers:
users-created-plain = { $name } can be found in the list now.
users-created-done = Done
users-created-another = Add another
users-created-open = Open
users-sip-username = SIP username
users-sip-password = SIP password
users-sip-domain = Domain
users-sip-server = Server
users-sip-use = Enter them in the phone's account settings, with UDP or TCP as transport.

users-edit-back = Users
users-tab-general = General
users-tab-features = Features
users-tab-sip = SIP
users-saved = Saved.
users-gone = Somebody has deleted { $name } meanwhile. What you typed is still here to copy, but there is nothing to save it to.
users-conflict = Somebody else changed { $name } while you were editing. Their values are shown where you changed nothing; look at yours again and save.
users-general-own = Your administrator looks after these. Your password is changed in the account menu.
users-general-person = Person
users-general-sign-in = Sign-in
users-general-number = Number
users-new-password = New password
users-new-password-help = Leave it empty to keep the present one. All their sessions end with a new one.
users-disabled = Disabled
users-disabled-help = No sign-in, no registration, no calls; everything is kept.
users-max-calls = Calls at the same time
users-max-calls-help = 0 for no limit.
users-features-none = Calls are handled for users with an extension
users-features-none-text = Give { $name } one on the General tab first.
users-features-ringing = Ringing
users-ring-time = Ring time
users-ring-time-help = How long the phones ring before the call goes on.
users-seconds = seconds
users-call-waiting = Call waiting
users-call-waiting-help = A second call rings while on a call. Off: it goes where busy calls go.
users-do-not-disturb = Do not disturb
users-do-not-disturb-help = All calls go where unanswered ones go, at once.
users-features-destinations = Where calls go
users-features-destinations-help = When nobody takes them.
users-no-answer = If nobody answers
users-busy = If busy
users-offline = If no phone is registered
users-destination-same = as if nobody answers
users-destination-hangup = End the call
users-destination-extension = Call an extension
users-destination-conference = Join a conference room
users-destination-number = Number of { $what }
users-destination-number-short = Number
users-sip-none = No phones
users-sip-none-text = A phone registers with a username and a password of its own.
users-sip-none-extension = Give { $name } an extension on the General tab first.
users-sip-add = Add phone
users-sip-reset = Reset password
users-sip-reset-title = A new password for { $username }?
users-sip-reset-text =
    { $count ->
        [0] No phone is registered with it now.
        [one] One phone is registered with it now. It stays until its registration ends, then needs the new password.
       *[other] { NUMBER($count) } phones are registered with it now. They stay until their registration ends, then need the new password.
    }
users-sip-reset-done-title = The new password of { $username }
users-sip-delete = Delete phone
users-sip-delete-title = Delete the phone { $username }?
users-sip-delete-text = Its registrations end at once, and its username and password stop working. This cannot be undone.
users-sip-deleted = The phone { $username } is deleted.
users-sip-added-title = A new phone
users-sip-phone = Phone { $username }
users-sip-actions = Actions for the phone { $username }
users-endpoints = Registered now
users-endpoints-none = Nothing is registered. The phone gets no calls until it is.
users-endpoint-expires = for another { $time }
users-endpoint-due = due now
users-endpoint-seen = last change
users-endpoint-expired = has just ended
users-endpoint-rtt = answers in { $ms } ms
users-endpoint-remove = Remove
users-endpoint-remove-title = Remove this registration?
users-endpoint-remove-text = { $agent } at { $source } gets no calls until it registers again, which most phones do by themselves within the hour.
users-endpoint-removed = The registration is removed.

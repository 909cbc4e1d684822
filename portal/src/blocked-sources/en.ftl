blocked-sources-title = Blocked addresses
blocked-sources-intro = Addresses that are not answered for a while, because too many wrong passwords came from them.
blocked-sources-search = Search address or username
blocked-sources-count =
    { $count ->
        [one] One address
       *[other] { NUMBER($count) } addresses
    }
blocked-sources-address = Address
blocked-sources-username = Tried last
blocked-sources-nobody = nothing
blocked-sources-failures = Wrong passwords
blocked-sources-since = Since
blocked-sources-until = Ends by itself
blocked-sources-none = Nobody is blocked
blocked-sources-none-text = An address from which ten wrong passwords came within five minutes appears here. A phone with the right password always gets in.
blocked-sources-none-found = No address matches
blocked-sources-none-found-text = Try a part of the address, or the username that was tried.
blocked-sources-lift = Lift the block…
blocked-sources-lift-do = Lift the block
blocked-sources-lift-title = Answer { $address } again?
blocked-sources-lift-text =
    { $count ->
        [one] One wrong password came from it. Make sure that somebody mistyped, and did not guess.
       *[other] { NUMBER($count) } wrong passwords came from it. Make sure that somebody mistyped, and did not guess.
    }
blocked-sources-lifted = { $address } is answered again.
